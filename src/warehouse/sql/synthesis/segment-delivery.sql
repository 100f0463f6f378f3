-- A sum is null when any row of the group left the measure out: half a sum is not a sum.
select
  campaign_id,
  segment_id,
  case when count(impressions) = count(*) then sum(impressions) end as impressions,
  case when count(clicks) = count(*) then sum(clicks) end as clicks,
  case when count(conversions) = count(*) then sum(conversions) end as conversions,
  sum(spend_minor) as spend_minor,
  case when count(conversion_value_minor) = count(*) then sum(conversion_value_minor) end as value_minor,
  count(*) as row_count
from ad_performance
where month_key = $month and date <= $as_of_on and segment_id is not null
group by campaign_id, segment_id
order by campaign_id, segment_id
