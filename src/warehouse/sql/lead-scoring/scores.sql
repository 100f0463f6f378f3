select score_e6, count(*) as lead_count
from leads
where score_e6 is not null
  and coalesce(score_version, '') = $version
  and month_key = $month
  and created_on <= $as_of_on
group by score_e6
order by score_e6
