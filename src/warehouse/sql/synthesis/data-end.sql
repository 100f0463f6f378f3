-- The last day of the month, up to the day the review speaks for, on which each data set has a row.
select max(date) as last_on from ad_performance where month_key = $month and date <= $as_of_on
union all
select max(date) as last_on from funnel_counts where month_key = $month and date <= $as_of_on
union all
select max(created_on) as last_on from budget_actions where month_key = $month and created_on <= $as_of_on
union all
select max(raised_on) as last_on from risk_signals where month_key = $month and raised_on <= $as_of_on
order by last_on
