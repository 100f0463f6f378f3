select action_id, status from actions_taken order by action_id
