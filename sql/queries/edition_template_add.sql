-- Called by editions/kept_template: edition_id, name, bytes and digest (both hexadecimal) of a file of the
-- template that the edition is made with.
insert into edition_template (edition_id, name, content, sha256)
values ($1::integer, $2, decode($3, 'hex'), decode($4, 'hex'))
