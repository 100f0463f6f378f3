-- What was decided after the day the review speaks for waited on that day.
select
  action_id,
  created_ms,
  created_on,
  case when decided_on > $as_of_on then null else decided_ms end as answered_ms,
  campaign_id,
  from_channel_id,
  to_channel_id,
  amount_minor,
  currency,
  reason_code,
  case when decided_on > $as_of_on then 'pending' else status end as standing
from budget_actions
where created_on <= $as_of_on
order by created_ms, action_id
