select campaign_id, segment_id, channel_id, stage, sum("count") as stage_count, count(*) as row_count
from funnel_counts
where month_key = $month and date <= $as_of_on
group by campaign_id, segment_id, channel_id, stage
order by campaign_id, segment_id, channel_id, stage
