-- Moves filed in the month, and older ones that still wait. What was decided after the day the review speaks for waited on that day.
with filed as (
  select
    action_id, created_ms, created_on, month_key, campaign_id, from_channel_id, to_channel_id, amount_minor, currency, reason_code, proposed_by,
    case when decided_on > $as_of_on then null else approver end as answered_by,
    case when decided_on > $as_of_on then null else decided_ms end as answered_ms,
    case when decided_on > $as_of_on then 'pending' else status end as standing
  from budget_actions
  where created_on <= $as_of_on
)
select
  action_id, created_ms, created_on, campaign_id, from_channel_id, to_channel_id, amount_minor, currency,
  reason_code, proposed_by, answered_by, answered_ms, standing
from filed
where month_key = $month or standing in ('draft', 'proposed', 'pending')
order by created_ms, action_id
