-- Where the event log begins, and its first event on $from_on or after.
select
  min(occurred_on) as first_on,
  min(case when occurred_on >= $from_on then occurred_ms end) as from_ms
from funnel_events
where occurred_ms <= $as_of_ms
