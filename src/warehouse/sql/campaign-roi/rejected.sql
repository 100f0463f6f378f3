-- Rows whose content is lost to the month; an exact copy of a row that was read loses nothing.
select dataset, count(*) as row_count
from rejects
where code <> 'duplicate_key' and dataset in ('ad_performance', 'cost_ledger', 'deals', 'value_ledger')
group by dataset
order by dataset
