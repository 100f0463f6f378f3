-- Actions as they are recorded by now, also after the day a review speaks for: requests are filed in the world as it is.
select action_id, created_on, campaign_id, from_channel_id, to_channel_id, amount_minor, proposed_by
from budget_actions
order by created_ms, action_id
