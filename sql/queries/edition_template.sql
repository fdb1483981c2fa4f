-- Called by editions/kept_template: the files of the template of edition $4 of threat $1 and the window $2 to
-- $3: name, bytes (hexadecimal), digest.
select name, encode(content, 'hex'), sha256
from report.edition_templates
where threat = $1 and from_month = to_date($2, 'YYYY-MM') and to_month = to_date($3, 'YYYY-MM')
  and edition = $4::integer
order by name
