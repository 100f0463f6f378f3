select
  path, total_conversions as conversions,
  cast(round(cast(total_conversion_value as decimal(38, 24)), 2) as decimal(12, 2)) as conversion_value,
  total_null as nulls
from paths
where getvariable('month') <> '2018-01'
