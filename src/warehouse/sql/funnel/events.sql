-- Events in person order. A person is the place of its id among those here, which is sorted and handed over quicker than the id. stage_at is
-- the place of the stage in $stages ('|visit|signup|'), 0 when it is not one of them; period is 1 for the review month, 0 for the month
-- before; cell is the place in event-cells.sql, from 0.
with cells as (
  select
    coalesce(campaign_id, '') as campaign, coalesce(segment_id, '') as segment, coalesce(channel_id, '') as channel,
    row_number() over (order by coalesce(campaign_id, ''), coalesce(segment_id, ''), coalesce(channel_id, '')) - 1 as cell
  from funnel_events
  where month_key >= $from_month and occurred_ms <= $as_of_ms
  group by coalesce(campaign_id, ''), coalesce(segment_id, ''), coalesce(channel_id, '')
),
persons as (
  select person_id, row_number() over (order by person_id) as person
  from funnel_events
  where month_key >= $from_month and occurred_ms <= $as_of_ms
  group by person_id
)
select
  p.person,
  e.occurred_ms,
  position(concat('|', e.stage, '|') in $stages) as stage_at,
  case when e.month_key = $month then 1 when e.month_key = $prior_month then 0 else -1 end as period,
  c.cell
from funnel_events e
  join cells c
    on c.campaign = coalesce(e.campaign_id, '')
    and c.segment = coalesce(e.segment_id, '')
    and c.channel = coalesce(e.channel_id, '')
  join persons p on p.person_id = e.person_id
where e.month_key >= $from_month and e.occurred_ms <= $as_of_ms
order by p.person, e.occurred_ms, e.row_seq
