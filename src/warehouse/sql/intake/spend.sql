-- Media spend of the month up to the day the review speaks for, in the books and on the platforms; null where nothing was booked or reported.
-- Two sums of the same days: books that are closed by month say nothing of a month that still runs.
select
  (
    select sum(amount_minor) from cost_ledger
    where month_key = $month and cost_type = 'media' and (date <= $as_of_on or (date is null and month_key <= $closed_month))
  ) as ledger_media_minor,
  (select sum(spend_minor) from ad_performance where month_key = $month and date <= $as_of_on) as platform_spend_minor
