select stage, count(*) as row_count
from funnel_events
where month_key >= $prior_month and occurred_ms <= $as_of_ms
group by stage
order by stage
