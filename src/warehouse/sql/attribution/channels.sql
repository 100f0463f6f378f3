select distinct channel from touchpoints order by channel
