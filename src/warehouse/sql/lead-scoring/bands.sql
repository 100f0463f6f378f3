-- MQLs of the month by score band. Who reached a later stage has reached the earlier ones.
with mqls as (
  select
    case
      when score_e6 is null then 'unscored'
      when score_e6 >= $hql_e6 then 'hql'
      when score_e6 >= $mql_e6 then 'mql'
      when score_e6 >= $mel_e6 then 'mel'
      else 'below'
    end as score_band,
    case when sales_feedback = 'accepted' then 1 else 0 end as is_accepted,
    case when sales_feedback = 'rejected' then 1 else 0 end as is_rejected,
    case when sql_on <= $as_of_on or opportunity_on <= $as_of_on or won_on <= $as_of_on then 1 else 0 end as is_sql,
    case when opportunity_on <= $as_of_on or won_on <= $as_of_on then 1 else 0 end as is_opportunity,
    case when won_on <= $as_of_on then 1 else 0 end as is_won
  from leads
  where mql_on is not null and mql_on <= $as_of_on and substr(mql_on, 1, 7) = $month
)
select
  score_band as band,
  count(*) as mqls,
  cast(sum(is_accepted) as bigint) as accepted,
  cast(sum(is_rejected) as bigint) as rejected,
  cast(sum(is_sql) as bigint) as sales_qualified,
  cast(sum(is_opportunity) as bigint) as opportunities,
  cast(sum(is_won) as bigint) as wins
from mqls
group by score_band
order by score_band
