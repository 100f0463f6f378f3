select
  decision_id,
  decided_on,
  campaign_id,
  "trigger" as trigger_text,
  "action" as action_text
from decision_log
where decided_on <= $to_day
order by decided_ms, decision_id
