select campaign_id, month_key as month, sum(amount_minor) as amount_minor, count(*) as row_count
from cost_ledger
where cost_type = 'media' and month_key <= $month
  -- What is booked for a month as a whole counts from its first day.
  and coalesce(date, month_key || '-01') <= $as_of_on
group by campaign_id, month_key
order by campaign_id, month_key
