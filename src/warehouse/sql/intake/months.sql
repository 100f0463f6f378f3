-- Of each data set that records what happened: whether a row lies in the month, up to the day asked for, and the nearest months with one.
-- A lead or deal speaks of a month by any of its days; the nearest months are those in which one was created.
select
  'ad_performance' as dataset,
  coalesce(max(case when month_key = $month and date <= $as_of_on then 1 end), 0) as in_month,
  max(case when month_key < $month then month_key end) as last_before,
  min(case when month_key > $month then month_key end) as first_after
from ad_performance
union all
select
  'cost_ledger' as dataset,
  coalesce(max(case when month_key = $month and (date <= $as_of_on or (date is null and month_key <= $closed_month)) then 1 end), 0) as in_month,
  max(case when month_key < $month then month_key end) as last_before,
  min(case when month_key > $month then month_key end) as first_after
from cost_ledger
union all
select
  'value_ledger' as dataset,
  coalesce(max(case when month_key = $month and (date <= $as_of_on or (date is null and month_key <= $closed_month)) then 1 end), 0) as in_month,
  max(case when month_key < $month then month_key end) as last_before,
  min(case when month_key > $month then month_key end) as first_after
from value_ledger
union all
select
  'funnel_counts' as dataset,
  coalesce(max(case when month_key = $month and date <= $as_of_on then 1 end), 0) as in_month,
  max(case when month_key < $month then month_key end) as last_before,
  min(case when month_key > $month then month_key end) as first_after
from funnel_counts
union all
select
  'funnel_events' as dataset,
  coalesce(max(case when month_key = $month and occurred_on <= $as_of_on then 1 end), 0) as in_month,
  max(case when month_key < $month then month_key end) as last_before,
  min(case when month_key > $month then month_key end) as first_after
from funnel_events
union all
select
  'touchpoints' as dataset,
  coalesce(max(case when month_key = $month and occurred_on <= $as_of_on then 1 end), 0) as in_month,
  max(case when month_key < $month then month_key end) as last_before,
  min(case when month_key > $month then month_key end) as first_after
from touchpoints
union all
select
  'conversions' as dataset,
  coalesce(max(case when month_key = $month and occurred_on <= $as_of_on then 1 end), 0) as in_month,
  max(case when month_key < $month then month_key end) as last_before,
  min(case when month_key > $month then month_key end) as first_after
from conversions
union all
select
  'content' as dataset,
  coalesce(max(case when month_key = $month and date <= $as_of_on then 1 end), 0) as in_month,
  max(case when month_key < $month then month_key end) as last_before,
  min(case when month_key > $month then month_key end) as first_after
from content
union all
select
  'search_performance' as dataset,
  coalesce(max(case when month_key = $month and date <= $as_of_on then 1 end), 0) as in_month,
  max(case when month_key < $month then month_key end) as last_before,
  min(case when month_key > $month then month_key end) as first_after
from search_performance
union all
select
  'leads' as dataset,
  coalesce(max(case
    when month_key = $month and created_on <= $as_of_on then 1
    when substr(mql_on, 1, 7) = $month and mql_on <= $as_of_on then 1
    when substr(sql_on, 1, 7) = $month and sql_on <= $as_of_on then 1
    when substr(opportunity_on, 1, 7) = $month and opportunity_on <= $as_of_on then 1
    when substr(won_on, 1, 7) = $month and won_on <= $as_of_on then 1
    when substr(lost_on, 1, 7) = $month and lost_on <= $as_of_on then 1
  end), 0) as in_month,
  max(case when month_key < $month then month_key end) as last_before,
  min(case when month_key > $month then month_key end) as first_after
from leads
union all
select
  'deals' as dataset,
  coalesce(max(case
    when month_key = $month and created_on <= $as_of_on then 1
    when substr(won_on, 1, 7) = $month and won_on <= $as_of_on then 1
    when substr(lost_on, 1, 7) = $month and lost_on <= $as_of_on then 1
  end), 0) as in_month,
  max(case when month_key < $month then month_key end) as last_before,
  min(case when month_key > $month then month_key end) as first_after
from deals
order by dataset
