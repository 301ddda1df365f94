-- A subject that has lost the key of a source: what that source has measured of it counts from $now on no more.
insert into observation by name
with silent as (
  from arrived where status = 'not_applicable'
), word as (
  from newest_word semi join silent using (subject) where subject > $after and subject <= $upto
), own as (
  select subject, family(metric) as metric, max(valid_at) as last_at from word
  where has_value and status in ('measured', 'derived') and source = split_part(metric, '.', 1) and valid_at <= $now
  group by all
), ended as (
  select subject, metric, max(valid_at) as ended_at from word where status = 'not_applicable' group by all
)
select silent.* replace ($now::timestamp as valid_at), $known_at::timestamp as known_at, 0 as revision,
  $run_id as run_id
from silent
join own using (subject, metric)
left join ended using (subject, metric)
where last_at > coalesce(ended_at, timestamp 'epoch')
