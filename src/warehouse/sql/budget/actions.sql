select
  action_id,
  created_ms,
  created_on,
  decided_ms,
  campaign_id,
  from_channel_id,
  to_channel_id,
  amount_minor,
  currency,
  reason_code,
  status
from budget_actions
order by created_ms, action_id
