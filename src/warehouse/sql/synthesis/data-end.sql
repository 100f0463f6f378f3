-- The last day of the month, up to the day the review speaks for, on which each data set has a row.
with ends as (
  select 'ad_performance' as dataset, max(date) as last_on from ad_performance where month_key = $month and date <= $as_of_on
  union all
  select 'budget_actions' as dataset, max(created_on) as last_on from budget_actions where month_key = $month and created_on <= $as_of_on
  union all
  select 'content' as dataset, max(date) as last_on from content where month_key = $month and date <= $as_of_on
  union all
  select 'conversions' as dataset, max(occurred_on) as last_on from conversions where month_key = $month and occurred_on <= $as_of_on
  union all
  select 'deals' as dataset, max(created_on) as last_on from deals where month_key = $month and created_on <= $as_of_on
  union all
  select 'funnel_counts' as dataset, max(date) as last_on from funnel_counts where month_key = $month and date <= $as_of_on
  union all
  select 'funnel_events' as dataset, max(occurred_on) as last_on from funnel_events where month_key = $month and occurred_on <= $as_of_on
  union all
  select 'leads' as dataset, max(created_on) as last_on from leads where month_key = $month and created_on <= $as_of_on
  union all
  select 'risk_signals' as dataset, max(raised_on) as last_on from risk_signals where month_key = $month and raised_on <= $as_of_on
  union all
  select 'search_performance' as dataset, max(date) as last_on from search_performance where month_key = $month and date <= $as_of_on
  union all
  select 'touchpoints' as dataset, max(occurred_on) as last_on from touchpoints where month_key = $month and occurred_on <= $as_of_on
)
select dataset, last_on
from ends
where last_on is not null
order by last_on, dataset
