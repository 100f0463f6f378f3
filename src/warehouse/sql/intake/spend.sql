-- Media spend of the month in the books and on the platforms; null where nothing was booked or reported.
select
  (select sum(amount_minor) from cost_ledger where month_key = $month and cost_type = 'media') as ledger_media_minor,
  (select sum(spend_minor) from ad_performance where month_key = $month) as platform_spend_minor
