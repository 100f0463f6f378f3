-- Channels of all touches up to the day the review speaks for, each with how many.
select channel, count(*) as row_count
from touchpoints
where occurred_on <= $to_on
group by channel
order by channel
