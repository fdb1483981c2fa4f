-- standing_load: months that are closed and of which nothing was dropped.
select to_char(month, 'YYYY-MM') as month from report.closing_months order by month
