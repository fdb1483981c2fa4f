-- Called by editions/publish: threat, first and last month, number, whether it is provisional, options, total,
-- figures and their digest, version of the program, digest of the template (null: none). When it was published, and by whom, is PostgreSQL's to say.
insert into edition (threat, from_month, to_month, number, provisional, options, total, figures,
  figures_sha256, program, template_sha256)
values ($1, to_date($2, 'YYYY-MM'), to_date($3, 'YYYY-MM'), $4::integer, $5::boolean, $6::json, $7::bigint,
  $8::json, decode($9, 'hex'), $10, decode($11, 'hex'))
returning edition_id
