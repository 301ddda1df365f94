-- The rubric, once; and again when it becomes or stops being the newest.
insert into rubric
select $id, $sha256, $is_default, $known_at::timestamp, $base_date::date
where $is_default is distinct from (select arg_max(is_default, known_at) from rubric where id = $id)
