-- Deals won in the month, by the campaign and channel they name.
select
  campaign_id,
  channel_id,
  count(*) as wins,
  case when count(amount_minor) = count(*) then cast(sum(amount_minor) as bigint) end as amount_minor
from deals
where substr(won_on, 1, 7) = $month and won_on <= $as_of_on
group by campaign_id, channel_id
order by coalesce(campaign_id, ''), coalesce(channel_id, '')
