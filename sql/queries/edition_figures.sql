-- Called by editions/catalogue: the figures of edition $4 of threat $1 and the window $2 to $3, and the digest
-- of their text.
select figures, figures_sha256
from report.editions
where threat = $1 and from_month = to_date($2, 'YYYY-MM') and to_month = to_date($3, 'YYYY-MM')
  and edition = $4::integer
