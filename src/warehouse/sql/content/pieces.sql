-- One row a piece, with what its latest row says of it. Whether ads link to it is unknown while no creative states where it leads.
with ranked as (
  select
    content_id, title, type, url, published_on,
    row_number() over (partition by content_id order by date desc, row_seq desc) as recency
  from content
  where month_key <= $month and date <= $as_of_on
)
select
  ranked.content_id,
  ranked.title,
  ranked.type as piece_type,
  ranked.url,
  ranked.published_on,
  case
    when ranked.url is null or not exists (select 1 from creatives where creatives.url is not null) then null
    when exists (select 1 from creatives where creatives.url = ranked.url) then 1
    else 0
  end as promoted
from ranked
where recency = 1
order by ranked.content_id
