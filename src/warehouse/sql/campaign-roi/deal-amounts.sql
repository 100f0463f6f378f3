-- Ordered by amount: a resampled mean must not depend on the order in which deals were read.
select substr(won_on, 1, 7) as month, amount_minor
from deals
where won_on is not null and substr(won_on, 1, 7) in ($previous_month, $month) and won_on <= $as_of_on
order by month, amount_minor
