-- Moves filed in the month, and older ones that still wait.
select
  action_id, created_ms, created_on, campaign_id, from_channel_id, to_channel_id, amount_minor, currency,
  reason_code, proposed_by, approver, decided_ms, status
from budget_actions
where created_on <= $as_of_on and (month_key = $month or status in ('draft', 'proposed', 'pending'))
order by created_ms, action_id
