-- Called by retention_run: drops the infections and active machines of the month $1.
select kansen.drop_infections($1::date);
