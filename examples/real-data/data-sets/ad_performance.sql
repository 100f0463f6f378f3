-- Spend is printed with up to nine decimals there; a row is rounded to cents here.
select
  "day" as date, campaign_id, 'facebook_ads' as channel_id, segment_id, ad_id as creative_id, 'BRL' as currency,
  cast(round(spent, 2) as decimal(12, 2)) as spend, impressions, clicks, purchases as conversions
from ads
order by "day", ad_id
