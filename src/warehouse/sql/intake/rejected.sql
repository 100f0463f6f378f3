-- Rows whose content is lost, of whatever month, by data set; an exact copy of a row that was read loses nothing.
select dataset, count(*) as row_count
from rejects
where code <> 'duplicate_key'
group by dataset
order by dataset
