-- Called by export_month: how many events are stored from $1 to before $2.
select count(*) from detection where event_time >= $1::timestamptz and event_time < $2::timestamptz;
