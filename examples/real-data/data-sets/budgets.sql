-- Made up: nothing public says what was planned.
select getvariable('month') as month, campaign_id, 'facebook_ads' as channel_id, planned, 'BRL' as currency
from (values ('916', 500), ('936', 3000), ('1178', 55000)) plans(campaign_id, planned)
order by campaign_id
