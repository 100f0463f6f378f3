select
  window_start, window_end, campaign_id, segment_id, impressions, clicks, conversions,
  spend_minor, value_minor, primary_kpi, kpi_value_e6, trend_e6, recommendation
from segment_rollups
where month_key = $month and window_end <= $as_of_on
order by campaign_id, segment_id, window_end, window_start
