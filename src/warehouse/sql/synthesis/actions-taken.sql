select action_id, status
from actions_taken
where done_on is null or done_on <= $as_of_on
order by action_id
