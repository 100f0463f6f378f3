-- What sales answered on the MQLs of each month; a rejection without a reason keeps its own line.
with answered as (
  select
    substr(mql_on, 1, 7) as mql_month,
    case
      when sales_feedback = 'accepted' then 'accepted'
      else coalesce(rejection_reason, 'no reason given')
    end as answer
  from leads
  where mql_on is not null and mql_on <= $as_of_on and sales_feedback is not null
)
select mql_month as month, answer, count(*) as answer_count
from answered
where mql_month >= $from_month and mql_month <= $month
group by mql_month, answer
order by mql_month, answer
