-- MQLs by the month they qualified in. Who reached a later stage has reached the earlier ones. Mature MQLs are old enough for
-- sales to have worked them; in time means within the days the policy gives.
with mqls as (
  select
    substr(mql_on, 1, 7) as mql_month,
    case when sales_feedback = 'accepted' then 1 else 0 end as is_accepted,
    case when sales_feedback = 'rejected' then 1 else 0 end as is_rejected,
    case when sql_on <= $as_of_on or opportunity_on <= $as_of_on or won_on <= $as_of_on then 1 else 0 end as is_sql,
    case when opportunity_on <= $as_of_on or won_on <= $as_of_on then 1 else 0 end as is_opportunity,
    case when won_on <= $as_of_on then 1 else 0 end as is_won,
    case when mql_on <= $mature_on then 1 else 0 end as is_mature,
    case
      when mql_on <= $mature_on
        and (sql_ms - mql_ms <= $sales_ms or opportunity_ms - mql_ms <= $sales_ms or won_ms - mql_ms <= $sales_ms)
      then 1 else 0
    end as is_sql_in_time
  from leads
  where mql_on is not null and mql_on <= $as_of_on
)
select
  mql_month as month,
  count(*) as mqls,
  cast(sum(is_accepted) as bigint) as accepted,
  cast(sum(is_rejected) as bigint) as rejected,
  cast(sum(is_sql) as bigint) as sales_qualified,
  cast(sum(is_opportunity) as bigint) as opportunities,
  cast(sum(is_won) as bigint) as wins,
  cast(sum(is_mature) as bigint) as mature_mqls,
  cast(sum(is_sql_in_time) as bigint) as mature_sales_qualified
from mqls
where mql_month >= $from_month and mql_month <= $month
group by mql_month
order by mql_month
