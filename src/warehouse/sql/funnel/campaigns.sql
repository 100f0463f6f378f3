select campaign_id as id, name, objective, primary_kpi from campaigns order by campaign_id
