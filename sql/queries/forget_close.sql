-- Called by forget_machine at its end: the line $1, and what it says.
update erasure set ended_at = now() where erasure_id = $1::integer
returning detections, infections, active, dead_letters,
  (select count(*) from closed_month where file is not null);
