-- Experiments alive in the month. One that ended after the day the review speaks for was running on that day.
select
  experiment_id,
  min(case when ended_on > $as_of_on and status in ('completed', 'stopped') then 'running' else status end) as standing
from experiments
where started_on <= $last_on and started_on <= $as_of_on and (ended_on is null or ended_on >= $first_on)
group by experiment_id
order by experiment_id
