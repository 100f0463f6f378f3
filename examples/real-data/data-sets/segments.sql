select distinct segment_id, case segment_id[1] when 'F' then 'Women ' else 'Men ' end || segment_id[3:] as name
from ads
order by segment_id
