select
  coalesce(sum(conversions), 0) as conversions,
  coalesce(sum(conversion_value_minor), 0) as value_minor,
  coalesce(sum(case when conversion_value_minor is null then conversions else 0 end), 0) as without_value
from journeys
