-- The cells that events name; their order is their number in events.sql.
select campaign_id, segment_id, channel_id
from funnel_events
where month_key >= $from_month and occurred_ms <= $as_of_ms
group by campaign_id, segment_id, channel_id
order by coalesce(campaign_id, ''), coalesce(segment_id, ''), coalesce(channel_id, '')
