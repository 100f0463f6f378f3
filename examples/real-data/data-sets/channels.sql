select replace(origin, ' ', '_') as channel_id, upper(origin[1]) || origin[2:] as name
from (select distinct origin from olist_leads where origin is not null)
union all
select 'facebook_ads', 'Facebook ads'
order by channel_id
