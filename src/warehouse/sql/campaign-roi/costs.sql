select month_key as month, campaign_id, cost_type, sum(amount_minor) as amount_minor, count(*) as row_count
from cost_ledger
where month_key >= $from_month and month_key <= $to_month
  -- What is booked for a month as a whole counts when the month is over.
  and (date <= $as_of_on or (date is null and month_key <= $closed_month))
group by month_key, campaign_id, cost_type
order by month_key, campaign_id, cost_type
