-- Visits of two landing pages; January 2017 there, the same days of the month here.
select
  getvariable('month') || '-' || visited_at[9:10] as date, page as content_id, replace(page, '_', ' ') as title, 'landing_page' as type,
  count(*) as views, sum(converted) as conversions
from page_visits
group by all
order by date, content_id
