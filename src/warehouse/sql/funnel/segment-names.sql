select segment_id as id, name from segments order by segment_id
