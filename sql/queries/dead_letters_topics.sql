-- Called by `dead-letters` when nothing is from a topic or file that was named: those that there are, newest first.
select topic
from report.dead_letters
group by topic
order by max(letter_id) desc
limit 100;
