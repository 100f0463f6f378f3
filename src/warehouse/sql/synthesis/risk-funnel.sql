-- Stage counts of a risk's campaign up to the day the risk was raised, by channel and segment.
select
  r.risk_id,
  f.channel_id,
  f.segment_id,
  f.stage,
  sum(f."count") as stage_count,
  count(*) as row_count
from risk_signals r
join funnel_counts f on f.campaign_id = r.campaign_id and f.date <= r.raised_on
where r.evidence is not null
  and r.raised_on <= $as_of_on
  and (r.month_key = $month or position(concat('|', r.status, '|') in $present) > 0)
group by r.risk_id, f.channel_id, f.segment_id, f.stage
order by r.risk_id, f.channel_id, f.segment_id, f.stage
