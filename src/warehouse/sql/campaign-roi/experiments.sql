select
  experiment_id,
  campaign_id,
  name,
  status,
  started_on,
  ended_on,
  metric,
  arm,
  is_control,
  planned_share_e6,
  users,
  conversions,
  mean,
  variance,
  denominator_mean,
  denominator_variance,
  covariance,
  looks
from experiments
where started_on <= $to_day
order by experiment_id, metric, row_seq
