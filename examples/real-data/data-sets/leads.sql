select
  mql_id as lead_id, first_contact_date as created_at, replace(origin, ' ', '_') as channel_id,
  first_contact_date as mql_at, won_date as won_at, sr_id as owner
from olist_leads left join olist_deals using (mql_id)
order by first_contact_date, mql_id
