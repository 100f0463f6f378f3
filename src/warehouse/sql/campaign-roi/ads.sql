-- One line per ad: what is compared between two months is a ratio of sums over ads.
select
  month_key as month,
  campaign_id,
  channel_id,
  segment_id,
  creative_id,
  sum(spend_minor) as spend_minor,
  case when count(impressions) = count(*) then sum(impressions) end as impressions,
  case when count(clicks) = count(*) then sum(clicks) end as clicks,
  case when count(conversions) = count(*) then sum(conversions) end as conversions,
  count(*) as row_count
from ad_performance
where month_key in ($previous_month, $month) and date <= $as_of_on
group by month_key, campaign_id, channel_id, segment_id, creative_id
order by month_key, campaign_id, channel_id, segment_id, creative_id
