-- What a risk's campaign had been delivered up to the day the risk was raised, by channel and segment.
-- A count is null when any row of the group left it out: half a sum is not a sum.
select
  r.risk_id,
  p.channel_id,
  p.segment_id,
  case when count(p.impressions) = count(*) then sum(p.impressions) end as impressions,
  case when count(p.clicks) = count(*) then sum(p.clicks) end as clicks,
  case when count(p.conversions) = count(*) then sum(p.conversions) end as conversions,
  count(*) as row_count
from risk_signals r
join ad_performance p on p.campaign_id = r.campaign_id and p.date <= r.raised_on
where r.evidence is not null
  and r.raised_on <= $as_of_on
  and (r.month_key = $month or position(concat('|', r.status, '|') in $present) > 0)
group by r.risk_id, p.channel_id, p.segment_id
order by r.risk_id, p.channel_id, p.segment_id
