-- Leads old enough for their outcome to count, oldest first; a win after the horizon counts as none.
select
  score_e6,
  channel_id,
  case when won_ms - created_ms <= $outcome_ms then 1 else 0 end as is_won
from leads
where score_e6 is not null
  and coalesce(score_version, '') = $version
  and created_on >= $from_on
  and created_on <= $settled_on
order by created_ms, lead_id
