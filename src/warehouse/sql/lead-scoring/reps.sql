select
  owner,
  count(*) as decided,
  cast(sum(case when sales_feedback = 'accepted' then 1 else 0 end) as bigint) as accepted
from leads
where owner is not null
  and sales_feedback is not null
  and mql_on <= $as_of_on
  and substr(mql_on, 1, 7) >= $from_month
  and substr(mql_on, 1, 7) <= $month
group by owner
order by owner
