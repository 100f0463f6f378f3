select getvariable('month') || '-01' as date, campaign_id, segment_id, 'facebook_ads' as channel_id, stage, sum(people) as count
from (
  select
    campaign_id, segment_id,
    unnest(['click', 'enquiry', 'purchase']) as stage,
    unnest([clicks, enquiries, purchases]) as people
  from ads
)
group by campaign_id, segment_id, stage
order by campaign_id, segment_id, stage
