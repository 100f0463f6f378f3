select campaign_id, name, status, start_on, end_on, budget_minor
from campaigns
order by campaign_id
