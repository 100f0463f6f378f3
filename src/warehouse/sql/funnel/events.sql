-- Events in person order. stage_at is the place of the stage in $stages ('|visit|signup|'), 0 when it is not one of them; period is 1 for
-- the review month, 0 for the month before; cell is the place in event-cells.sql, from 0.
with cells as (
  select
    coalesce(campaign_id, '') as campaign, coalesce(segment_id, '') as segment, coalesce(channel_id, '') as channel,
    row_number() over (order by coalesce(campaign_id, ''), coalesce(segment_id, ''), coalesce(channel_id, '')) - 1 as cell
  from funnel_events
  where month_key >= $prior_month and occurred_ms <= $as_of_ms
  group by coalesce(campaign_id, ''), coalesce(segment_id, ''), coalesce(channel_id, '')
)
select
  e.person_id,
  e.occurred_ms,
  position(concat('|', e.stage, '|') in $stages) as stage_at,
  case when e.month_key = $month then 1 when e.month_key = $prior_month then 0 else -1 end as period,
  c.cell
from funnel_events e
  join cells c
    on c.campaign = coalesce(e.campaign_id, '')
    and c.segment = coalesce(e.segment_id, '')
    and c.channel = coalesce(e.channel_id, '')
where e.month_key >= $prior_month and e.occurred_ms <= $as_of_ms
order by e.person_id, e.occurred_ms, e.row_seq
