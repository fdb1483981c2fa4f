-- Called by editions/catalogue: the files of edition $4 of threat $1 and the window $2 to $3.
select name, format, language, bytes, sha256
from report.edition_files
where threat = $1 and from_month = to_date($2, 'YYYY-MM') and to_month = to_date($3, 'YYYY-MM')
  and edition = $4::integer
order by position
