select channel_id, name, platform
from channels
order by channel_id
