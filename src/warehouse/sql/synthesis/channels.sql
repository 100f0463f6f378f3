select channel_id as id, name from channels order by channel_id
