-- Visitors of the page test count once, by their first visit, and not when they saw the page of the other arm.
with visitors as (
  select arm, converted
  from page_visits
  where (arm = 'control') = (page = 'old_page')
  qualify row_number() over (partition by visitor order by visited_at) = 1
),
players as (
  select
    version as arm,
    unnest(['retention_1', 'retention_7']) as metric,
    unnest([retention_1 = 'True', retention_7 = 'True']) as came_back
  from cookie_cats
)
select
  'COOKIE_CATS' as experiment_id, 'Gate at level 30 or 40' as name, 'completed' as status,
  getvariable('month') || '-01' as started_on, getvariable('month') || '-14' as ended_on,
  metric, arm, arm = 'gate_30' as is_control, 0.5 as planned_share,
  count(*) as users, count(*) filter (came_back) as conversions
from players
group by metric, arm
union all
select
  'LANDING_PAGE', 'New landing page', 'completed',
  getvariable('month') || '-02', getvariable('month') || '-24',
  'conversion', arm, arm = 'control', 0.5,
  count(*), sum(converted)
from visitors
group by arm
order by experiment_id, metric, arm
