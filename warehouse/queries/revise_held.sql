-- Where new evidence changes a verdict on an older row, a revision says so; the older row stays. All verdicts are on
-- moments between $from_at and $last_at.
insert into observation by name
with word as (
  select * from observation
  semi join verdict using (subject, metric, method, source, valid_at)
  anti join incoming using (subject, metric, method, source, valid_at)
  where valid_at between $from_at::timestamp and $last_at::timestamp
  qualify row_number() over (
    partition by subject, metric, method, source, valid_at order by known_at desc, revision desc
  ) = 1
), released as (
  select distinct subject, metric, method, source
  from word join verdict using (subject, metric, method, source, valid_at)
  where not is_held and word.reason is not distinct from 'quarantined'
), kind as (
  select subject, metric, method, source, min(status) as released_status
  from (
    select subject, metric, method, source, status from observation
    semi join released using (subject, metric, method, source)
    union all
    select subject, metric, method, source, status from incoming
    semi join released using (subject, metric, method, source)
  )
  where status in ('measured', 'derived')
  group by subject, metric, method, source
)
select word.* replace (
    case when is_held then 'missing' else coalesce(released_status, 'measured') end as status,
    case when is_held then 'quarantined' end as reason,
    greatest(known_at, $known_at::timestamp) as known_at,
    case when known_at >= $known_at::timestamp then revision + 1 else 0 end as revision,
    $run_id as run_id
  )
from word
join verdict using (subject, metric, method, source, valid_at)
left join kind using (subject, metric, method, source)
where is_held <> (word.reason is not distinct from 'quarantined')
