select month_key as month, campaign_id, cost_type, sum(amount_minor) as amount_minor, count(*) as row_count
from cost_ledger
where month_key >= $from_month and month_key <= $to_month
  -- What is booked for a month as a whole counts from its first day.
  and coalesce(date, month_key || '-01') <= $as_of_on
group by month_key, campaign_id, cost_type
order by month_key, campaign_id, cost_type
