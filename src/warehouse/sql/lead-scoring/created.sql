select month_key as month, count(*) as lead_count
from leads
where month_key >= $from_month and month_key <= $month and created_on <= $as_of_on
group by month_key
order by month_key
