select risk_id, raised_ms, campaign_id, risk_type, severity, evidence, status
from risk_signals
where raised_on <= $as_of_on
order by raised_ms, risk_id
