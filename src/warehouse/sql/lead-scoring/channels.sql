-- Mature MQLs by month and channel, and how many became an SQL in time (see months.sql).
with mqls as (
  select
    substr(mql_on, 1, 7) as mql_month,
    coalesce(channel_id, 'no channel') as channel,
    case
      when sql_ms - mql_ms <= $sales_ms or opportunity_ms - mql_ms <= $sales_ms or won_ms - mql_ms <= $sales_ms
      then 1 else 0
    end as is_sql_in_time
  from leads
  where mql_on is not null and mql_on <= $mature_on
)
select
  mql_month as month,
  channel as channel_id,
  count(*) as mature_mqls,
  cast(sum(is_sql_in_time) as bigint) as mature_sales_qualified
from mqls
where mql_month >= $from_month and mql_month <= $month
group by mql_month, channel
order by mql_month, channel
