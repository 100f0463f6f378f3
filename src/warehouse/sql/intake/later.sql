-- How many rows of the month are dated after the day the review speaks for, and so left out. What is booked for a month as a whole is left
-- out until the month is over.
select 'ad_performance' as dataset, count(*) as row_count from ad_performance where month_key = $month and date > $as_of_on
union all
select 'cost_ledger' as dataset, count(*) as row_count from cost_ledger where month_key = $month and (date > $as_of_on or (date is null and month_key > $closed_month))
union all
select 'value_ledger' as dataset, count(*) as row_count from value_ledger where month_key = $month and (date > $as_of_on or (date is null and month_key > $closed_month))
union all
select 'funnel_counts' as dataset, count(*) as row_count from funnel_counts where month_key = $month and date > $as_of_on
union all
select 'funnel_events' as dataset, count(*) as row_count from funnel_events where month_key = $month and occurred_on > $as_of_on
union all
select 'touchpoints' as dataset, count(*) as row_count from touchpoints where month_key = $month and occurred_on > $as_of_on
union all
select 'conversions' as dataset, count(*) as row_count from conversions where month_key = $month and occurred_on > $as_of_on
union all
select 'content' as dataset, count(*) as row_count from content where month_key = $month and date > $as_of_on
union all
select 'search_performance' as dataset, count(*) as row_count from search_performance where month_key = $month and date > $as_of_on
union all
select 'leads' as dataset, count(*) as row_count from leads where month_key = $month and created_on > $as_of_on
union all
select 'deals' as dataset, count(*) as row_count from deals where month_key = $month and created_on > $as_of_on
union all
select 'experiments' as dataset, count(*) as row_count from experiments where month_key = $month and started_on > $as_of_on
union all
select 'decision_log' as dataset, count(*) as row_count from decision_log where month_key = $month and decided_on > $as_of_on
union all
select 'segment_rollups' as dataset, count(*) as row_count from segment_rollups where month_key = $month and window_end > $as_of_on
union all
select 'budget_actions' as dataset, count(*) as row_count from budget_actions where month_key = $month and created_on > $as_of_on
union all
select 'risk_signals' as dataset, count(*) as row_count from risk_signals where month_key = $month and raised_on > $as_of_on
order by dataset
