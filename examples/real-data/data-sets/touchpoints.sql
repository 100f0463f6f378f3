select person_id, "day" as occurred_at, channel
from contacts
where getvariable('month') = '2018-01'
order by person_id, "day", channel
