select campaign_id as id, name, status, end_on from campaigns order by campaign_id
