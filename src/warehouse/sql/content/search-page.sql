-- Position is a mean of each row: weighted by impressions. position_e6 is in millionths.
select
  month_key as month,
  page as search_key,
  sum(clicks) as clicks,
  sum(impressions) as impressions,
  sum(position_e6 * impressions) as position_micros,
  count(*) as row_count
from search_performance
where month_key >= $from_month and month_key <= $month and date <= $as_of_on and page is not null
group by month_key, page
order by month_key, page
