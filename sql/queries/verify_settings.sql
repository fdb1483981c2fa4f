-- Called by verify_database for each month in its transaction. Whole sets are held against each other: of a month that was
-- loaded a moment ago the planner takes a few rows for all there is, and would compare each with each. And the rows of a
-- cursor are all fetched: nothing need hurry with the first.
set local enable_nestloop = off;
set local cursor_tuple_fraction = 1;
