-- Full cost and value per month of the ledgers; a month without a row of one of them has no line for it.
select 'cost' as side, month_key as month, sum(amount_minor) as amount_minor
from cost_ledger
where month_key >= $from_month and month_key <= $to_month
  -- What is booked for a month as a whole counts when the month is over.
  and (date <= $as_of_on or (date is null and month_key <= $closed_month))
group by month_key
union all
select 'value' as side, month_key as month, sum(amount_minor) as amount_minor
from value_ledger
where month_key >= $from_month and month_key <= $to_month
  -- What is booked for a month as a whole counts when the month is over.
  and (date <= $as_of_on or (date is null and month_key <= $closed_month))
group by month_key
order by side, month
