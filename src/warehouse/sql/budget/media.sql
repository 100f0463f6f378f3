select campaign_id, month_key as month, sum(amount_minor) as amount_minor, count(*) as row_count
from cost_ledger
where cost_type = 'media' and month_key <= $month
  -- What is booked for a month as a whole counts when the month is over.
  and (date <= $as_of_on or (date is null and month_key <= $closed_month))
group by campaign_id, month_key
order by campaign_id, month_key
