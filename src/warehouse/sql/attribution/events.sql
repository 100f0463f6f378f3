-- Everyone active in the month, with all that is known of them up to its last day: earlier conversions close journeys, earlier touches feed
-- them. Touches stand before conversions of the same instant; other ties keep the order of the input.
with active as (
  select person_id from touchpoints where occurred_on >= $from_on and occurred_on <= $to_on
  union
  select person_id from conversions where occurred_on >= $from_on and occurred_on <= $to_on
),
events as (
  select
    touchpoints.person_id as person,
    touchpoints.occurred_ms as at_ms,
    0 as kind,
    touchpoints.channel as touch_channel,
    cast(null as bigint) as conversion_minor,
    case when touchpoints.occurred_on >= $from_on then 1 else 0 end as in_month,
    touchpoints.row_seq as place
  from touchpoints
  join active on active.person_id = touchpoints.person_id
  where touchpoints.occurred_on <= $to_on
  union all
  select
    conversions.person_id as person,
    conversions.occurred_ms as at_ms,
    1 as kind,
    cast(null as text) as touch_channel,
    case when conversions.currency is null or conversions.currency = $currency then conversions.value_minor end as conversion_minor,
    case when conversions.occurred_on >= $from_on then 1 else 0 end as in_month,
    conversions.row_seq as place
  from conversions
  join active on active.person_id = conversions.person_id
  where conversions.occurred_on <= $to_on
)
select person, at_ms, touch_channel, conversion_minor, in_month
from events
order by person, at_ms, kind, place
