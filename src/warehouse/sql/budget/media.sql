select campaign_id, month_key as month, sum(amount_minor) as amount_minor, count(*) as row_count
from cost_ledger
where cost_type = 'media' and month_key <= $month
group by campaign_id, month_key
order by campaign_id, month_key
