-- What was written since newest_word was kept, where no older word can stand on its moments.
create or replace temp view landed as
select * exclude (is_within), null::boolean as had_value,
  case when valid_at > coalesce((select moment from present), timestamp 'infinity') then valid_at end as ahead_at
from written
