-- The amount is what the seller declared as monthly revenue: 0 for most, as the file has it.
select
  mql_id as deal_id, mql_id as lead_id, replace(origin, ' ', '_') as channel_id,
  cast(declared_monthly_revenue as decimal(14, 2)) as amount, 'BRL' as currency,
  first_contact_date as created_at, won_date as won_at
from olist_deals join olist_leads using (mql_id)
order by won_date, mql_id
