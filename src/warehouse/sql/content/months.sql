-- A sum is null when any row of the group left the measure out. avg_time_s_e6 is in millionths of a second.
select
  month_key as month,
  content_id,
  sum(views) as views,
  case when count(engaged_views) = count(*) then sum(engaged_views) end as engaged_views,
  case when count(bounces) = count(*) then sum(bounces) end as bounces,
  case when count(scroll_75) = count(*) then sum(scroll_75) end as scroll_75,
  case when count(avg_time_s_e6) = count(*) then sum(avg_time_s_e6 * views) end as view_micros,
  case when count(conversions) = count(*) then sum(conversions) end as conversions,
  case when count(assisted_conversions) = count(*) then sum(assisted_conversions) end as assisted_conversions,
  count(*) as row_count
from content
where month_key >= $from_month and month_key <= $month and date <= $as_of_on
group by month_key, content_id
order by month_key, content_id
