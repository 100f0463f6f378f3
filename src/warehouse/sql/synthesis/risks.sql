-- Signals of the month, and older ones that nobody has taken in hand.
select risk_id, raised_ms, raised_on, campaign_id, risk_type, severity, evidence, recommended_action, status
from risk_signals
where raised_on <= $as_of_on and (month_key = $month or status in ('open', 'escalated'))
order by raised_ms, risk_id
