-- The last subject of each part of all that was said, in order, where a part ends with the subject that brings it to
-- $rows_at_once rows.
with counted as (
  select subject, sum(count(*)) over (order by subject) - count(*) as before from observation group by subject
)
select max(subject) as subject from counted group by before // $rows_at_once order by subject
