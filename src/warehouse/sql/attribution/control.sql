-- The books of the month, summed apart from the journeys. Value is that of rows in the company's currency.
with books as (
  select
    case when currency is null or currency = $currency then value_minor end as booked_minor,
    case when currency is not null and currency <> $currency then 1 else 0 end as is_foreign
  from conversions
  where occurred_on >= $from_on and occurred_on <= $to_on
)
select
  count(*) as conversions,
  coalesce(sum(booked_minor), 0) as value_minor,
  coalesce(sum(case when booked_minor is null then 1 else 0 end), 0) as without_value,
  coalesce(sum(is_foreign), 0) as foreign_currency
from books
