select campaign_id, channel_id, planned_minor, committed_minor, min_minor, max_minor
from budgets
where month_key = $month
order by campaign_id, channel_id
