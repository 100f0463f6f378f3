-- shared_days: rows of the sum on whose day another source reports the same stage of the same cell.
with marked as (
  select
    month_key, campaign_id, segment_id, channel_id, stage, source, "count" as people,
    count(*) over (partition by "date", campaign_id, segment_id, channel_id, stage) as sources
  from funnel_counts
  where (month_key = $month or month_key = $prior_month) and "date" <= $as_of_on
)
select
  month_key as month, campaign_id, segment_id, channel_id, stage, source,
  sum(people) as people,
  count(*) as row_count,
  sum(case when sources > 1 then 1 else 0 end) as shared_days
from marked
group by month_key, campaign_id, segment_id, channel_id, stage, source
order by month_key, campaign_id, segment_id, channel_id, stage, source
