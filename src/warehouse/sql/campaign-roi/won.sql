select
  substr(won_on, 1, 7) as month,
  campaign_id,
  count(*) as wins,
  case when count(amount_minor) = count(*) then sum(amount_minor) end as amount_minor
from deals
where won_on is not null and substr(won_on, 1, 7) >= $from_month and substr(won_on, 1, 7) <= $to_month and won_on <= $as_of_on
group by substr(won_on, 1, 7), campaign_id
order by month, campaign_id
