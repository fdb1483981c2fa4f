-- Called by editions/publish: the time of this transaction, which becomes the edition's, as people read it in
-- the report time zone, in UTC, and in seconds.
select to_char(now() at time zone (select value from report.settings where name = 'timezone'),
    'YYYY-MM-DD HH24:MI'),
  to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
  floor(extract(epoch from now()))::bigint
