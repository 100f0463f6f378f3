-- Everyone active in the month, with all that is known of them up to its last day: earlier conversions close journeys, earlier touches feed
-- them. Touches stand before conversions of the same instant; other ties keep the order of the input. A person is the place of its id among
-- those here, a channel its place in channels.sql (both from 1): numbers are sorted and handed over quicker than texts.
with active as (
  select person_id, row_number() over (order by person_id) as person
  from (
    select person_id from touchpoints where occurred_on >= $from_on and occurred_on <= $to_on
    union
    select person_id from conversions where occurred_on >= $from_on and occurred_on <= $to_on
  ) people
),
channels as (
  select channel, row_number() over (order by channel) as place
  from touchpoints
  where occurred_on <= $to_on
  group by channel
),
events as (
  select
    active.person,
    touchpoints.occurred_ms as at_ms,
    0 as kind,
    channels.place as channel_place,
    cast(null as bigint) as conversion_minor,
    case when touchpoints.occurred_on >= $from_on then 1 else 0 end as in_month,
    touchpoints.row_seq as place
  from touchpoints
  join active on active.person_id = touchpoints.person_id
  join channels on channels.channel = touchpoints.channel
  where touchpoints.occurred_on <= $to_on
  union all
  select
    active.person,
    conversions.occurred_ms as at_ms,
    1 as kind,
    cast(null as bigint) as channel_place,
    case when conversions.currency is null or conversions.currency = $currency then conversions.value_minor end as conversion_minor,
    case when conversions.occurred_on >= $from_on then 1 else 0 end as in_month,
    conversions.row_seq as place
  from conversions
  join active on active.person_id = conversions.person_id
  where conversions.occurred_on <= $to_on
)
select person, at_ms, channel_place, conversion_minor, in_month
from events
order by person, at_ms, kind, place
