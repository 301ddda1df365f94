-- The scores themselves.
insert into score by name select * from fresh_score
