select campaign_id, cast(sum(amount_minor) as bigint) as amount_minor, count(*) as row_count
from value_ledger
where month_key = $month
  -- What is booked for a month as a whole counts when the month is over.
  and (date <= $as_of_on or (date is null and month_key <= $closed_month))
group by campaign_id
order by campaign_id
