-- What was written since newest_word was kept, where no older word can stand on its moments.
create or replace temp view landed as
select * exclude (is_within), null::boolean as had_value from written
