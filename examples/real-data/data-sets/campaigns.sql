select distinct campaign_id, 'Campaign ' || campaign_id as name, 'purchase' as objective
from ads
order by campaign_id
