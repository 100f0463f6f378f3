select campaign_id as id, name from campaigns order by campaign_id
