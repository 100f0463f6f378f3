-- The public files as they are, every cell as its text. Variables: source (their folder) and month (YYYY-MM).

create table olist_leads as
select * from read_csv(getvariable('source') || '/leads-funnel-experiments/olist_marketing_qualified_leads_dataset.csv', all_varchar = true);

create table olist_deals as
select * from read_csv(getvariable('source') || '/leads-funnel-experiments/olist_closed_deals_dataset.csv', all_varchar = true);

create table cookie_cats as
select * from read_csv(getvariable('source') || '/leads-funnel-experiments/cookie_cats.csv', all_varchar = true);

create table paths as
select * from read_csv(getvariable('source') || '/attribution/channelattribution_pathdata.csv', all_varchar = true);

-- Advertisements in the order of the file, spread evenly over the days of the month. The file's own dates were added by a stranger: not read.
create table ads as
select
  xyz_campaign_id as campaign_id,
  gender || '-' || age as segment_id,
  ad_id,
  cast(getvariable('month') || '-01' as date)
    + cast(floor((row_number() over () - 1) * day(last_day(cast(getvariable('month') || '-01' as date))) / count(*) over ()) as integer) as "day",
  cast(Impressions as bigint) as impressions,
  cast(Clicks as bigint) as clicks,
  cast(Spent as decimal(18, 9)) as spent,
  cast(Total_Conversion as bigint) as enquiries,
  cast(Approved_Conversion as bigint) as purchases
from read_csv(getvariable('source') || '/leads-funnel-experiments/KAG_conversion_data.csv', all_varchar = true);

-- Visits of a landing-page test. The export quotes each row as a whole, so a row is one cell; the last one is cut off and left out.
create table page_visits as
select parts[1] as visitor, parts[2] as visited_at, parts[3] as arm, parts[4] as page, cast(parts[5] as integer) as converted
from (
  select string_split("user_id,timestamp,group,landing_page,converted", ',') as parts
  from read_csv(getvariable('source') || '/leads-funnel-experiments/ab_data.csv', all_varchar = true, delim = ';', header = true)
)
where len(parts) = 5;

-- Contacts of single persons, with the day; rows without a person are blank lines of the export.
create table contacts as
select user_id as person_id, cast(strptime(date_served, '%-m/%-d/%y') as date) as "day", marketing_channel as channel, converted = 'TRUE' as converted
from read_csv(getvariable('source') || '/attribution/kaggle_marketing_campaign_customer_journey.csv', all_varchar = true)
where user_id is not null and date_served is not null and marketing_channel is not null;
