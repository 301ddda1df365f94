-- A subject that has gained the key of a source is asked from now on: its "not applicable" is withdrawn.
insert into observation by name
with word as (
  select * from observation
  where source = 'catalog' and subject > $after and subject <= $upto
  qualify row_number() over (
    partition by subject, metric, method, source, valid_at order by known_at desc, revision desc
  ) = 1
)
select word.* replace (
    'missing' as status, 'incomplete' as reason, $run_id as run_id,
    greatest(known_at, $known_at::timestamp) as known_at,
    case when known_at >= $known_at::timestamp then revision + 1 else 0 end as revision
  )
from word
join (select subject from subject where is_followed) as followed using (subject)
anti join arrived using (subject, metric, method, source)
where status = 'not_applicable'
