-- A sum is null when any row of the group left the measure out: half a sum is not a sum.
select
  date as delivered_on,
  campaign_id,
  channel_id,
  sum(spend_minor) as spend_minor,
  case when count(impressions) = count(*) then sum(impressions) end as impressions,
  case when count(clicks) = count(*) then sum(clicks) end as clicks,
  case when count(conversions) = count(*) then sum(conversions) end as conversions,
  case when count(conversion_value_minor) = count(*) then sum(conversion_value_minor) end as value_minor,
  count(*) as row_count
from ad_performance
where date >= $from_date and date < $before_date
group by date, campaign_id, channel_id
order by date, campaign_id, channel_id
