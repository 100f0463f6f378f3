-- The version that scored the newest lead is the one in force; outcomes of other versions say nothing about it.
select coalesce(score_version, '') as score_version
from leads
where score_e6 is not null and created_on <= $as_of_on
order by created_ms desc, lead_id desc
limit 1
