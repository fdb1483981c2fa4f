-- standing_load: months of which rows lie in the default partitions.
select to_char(month, 'YYYY-MM') as month from report.months_in_default order by month
