-- Experiments alive in the month.
select experiment_id, min(status) as status
from experiments
where started_on <= $last_on and (ended_on is null or ended_on >= $first_on)
group by experiment_id
order by experiment_id
