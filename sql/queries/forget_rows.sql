-- Called by forget_machine: erases the rows of the machine $2 in the month $1, and adds them to the line $3.
select kansen.forget_rows($1::date, $2::uuid, $3::integer);
