-- A person who converts in several contacts of one day converts once.
select distinct person_id || '@' || "day" as conversion_id, person_id, "day" as occurred_at
from contacts
where getvariable('month') = '2018-01' and converted
order by conversion_id
