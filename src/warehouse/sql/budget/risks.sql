select risk_id, raised_ms, campaign_id, risk_type, severity, evidence, status
from risk_signals
order by raised_ms, risk_id
