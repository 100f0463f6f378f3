select mql_on as on_date, count(*) as mqls
from leads
where mql_on >= $from_on and mql_on <= $to_on and mql_on <= $as_of_on
group by mql_on
order by mql_on
