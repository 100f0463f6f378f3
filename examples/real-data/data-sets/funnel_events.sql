select mql_id as person_id, 'mql' as stage, first_contact_date as occurred_at, replace(origin, ' ', '_') as channel_id
from olist_leads
union all
select mql_id, 'won', won_date, replace(origin, ' ', '_')
from olist_deals join olist_leads using (mql_id)
order by occurred_at, person_id
