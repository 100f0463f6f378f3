-- Signals of the month, and older ones that are still there: open or in hand. $present holds those statuses ('|open|in_review|').
select risk_id, raised_ms, raised_on, campaign_id, risk_type, severity, evidence, recommended_action, status
from risk_signals
where raised_on <= $as_of_on and (month_key = $month or position(concat('|', status, '|') in $present) > 0)
order by raised_ms, risk_id
