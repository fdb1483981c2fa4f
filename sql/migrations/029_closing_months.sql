-- Months that a `db maintain --keep-months` has closed and not dropped yet, for kansen status. Run as the role
-- kansen_owner.
create view report.closing_months as
select month, closed_at, closed_by
from closed_month
where dropped_at is null and infections_dropped_at is null;
comment on view report.closing_months is
  'Months that are closed to be dropped: late events of them are rejected. `kansen db maintain` opens those that nobody'
  ' is at work on.';
comment on column report.closing_months.month is 'First day of the month, in the report time zone.';
comment on column report.closing_months.closed_at is 'When it was closed.';
comment on column report.closing_months.closed_by is 'Role that did it.';
grant select on report.closing_months to kansen_loader, kansen_reader;
