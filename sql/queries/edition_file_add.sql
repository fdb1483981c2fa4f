-- Called by editions/publish: edition_id, place among its files, name, format, language, bytes and digest (both
-- hexadecimal).
insert into edition_file (edition_id, position, name, format, language, content, sha256)
values ($1::integer, $2::integer, $3, $4, $5, decode($6, 'hex'), decode($7, 'hex'))
