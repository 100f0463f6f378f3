-- Rows whose content is lost, by data set and by the day or month that could be read of them, null where neither could; an exact copy of a row
-- that was read loses nothing.
select dataset, dated_on, count(*) as row_count
from rejects
where code <> 'duplicate_key'
group by dataset, dated_on
order by dataset, coalesce(dated_on, '')
