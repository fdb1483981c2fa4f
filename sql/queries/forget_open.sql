-- Called by forget_machine: the line that says so, for the reason $1; its number.
insert into erasure (reason) values ($1) returning erasure_id;
