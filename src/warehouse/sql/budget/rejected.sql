-- Rows of the ad performance whose content is lost, of whatever month; an exact copy of a row that was read loses nothing.
select count(*) as row_count
from rejects
where code <> 'duplicate_key' and dataset = 'ad_performance'
