select segment_id, name, priority from segments order by segment_id
