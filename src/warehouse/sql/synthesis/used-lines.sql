select campaign_id, channel_id from ad_performance
where date <= $as_of_on and campaign_id is not null and channel_id is not null
union
select campaign_id, channel_id from funnel_counts
where date <= $as_of_on and campaign_id is not null and channel_id is not null
order by campaign_id, channel_id
