-- How many leads fill each column, as known on the review's date: a column nobody fills is not measured, not zero.
select
  count(*) as leads,
  count(score_e6) as scored,
  count(case when mql_on <= $as_of_on then 1 end) as mql,
  count(case when sql_on <= $as_of_on then 1 end) as sales_qualified,
  count(case when opportunity_on <= $as_of_on then 1 end) as opportunity,
  count(case when won_on <= $as_of_on then 1 end) as won,
  count(sales_feedback) as feedback,
  count(owner) as owned
from leads
where created_on <= $as_of_on
