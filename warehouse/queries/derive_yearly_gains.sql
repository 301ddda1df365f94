-- What a counter gained in a year: two good counts of one dated series 365 days apart, seven more or fewer.
-- Told anew from $since on, the oldest moment that has come: what was told of days before it stands.
-- No count is newer than $until: of those before $since only the ones a year before are looked for.
-- A series that fell, or whose level shifted in between, does not say; nor does a count that is held back.
insert into observation by name
with touched as (
  select distinct subject, metric, method, source
  from (
    select subject, metric, method, source from incoming
    union all
    select subject, metric, method, source from verdict
  )
  where (metric = 'github.stars' and method = 'archived')
    or (metric = 'github.contributors' and method in ('archived', 'snapshot'))
), counted as (
  select subject, metric, method, source, valid_at, valid_at::date as day, value, status, reason
  from (
    from observation where valid_at >= $since::timestamp
    union all
    from observation
    where valid_at >= $since::timestamp - interval 373 days
      and valid_at < least($since::timestamp, $until::timestamp - interval 357 days)
  )
  semi join touched using (subject, metric, method, source)
  where known_at <= $known_at and metric in ('github.stars', 'github.contributors')
    and method in ('archived', 'snapshot')
  qualify row_number() over (
    partition by subject, metric, method, source, valid_at order by known_at desc, revision desc
  ) = 1
), good as (
  select * from counted where status = 'measured'
), earlier as (
  select * exclude (day), valid_at as base_at, distance, (day + (365 + distance)::integer)::date as day
  from good
  cross join (select unnest(range(-7, 8)) as distance)
), paired as (
  select good.*, earlier.value as base, earlier.base_at
  from good
  join earlier using (subject, metric, method, source, day)
  where good.valid_at >= $since
  qualify row_number() over (
    partition by good.subject, good.metric, good.method, good.source, good.valid_at
    order by abs(distance), base_at desc
  ) = 1
), shift as (
  select subject, metric, source, valid_at as shifted_at
  from quality_event anti join undone_run using (run_id)
  where kind in ('quarantined', 'level_shift', 'released') and known_at <= $known_at
  qualify row_number() over (partition by subject, metric, source, valid_at order by known_at desc) = 1
    and kind = 'level_shift'
), gained as (
  select subject, metric || '_new_365d' as metric, source, valid_at, value - base as gain,
    date_diff('day', base_at, valid_at) as n,
    exists (
      from shift
      where shift.subject = paired.subject and shift.metric = paired.metric and shift.source = paired.source
        and shifted_at > base_at and shifted_at <= valid_at
    ) as has_shifted
  from paired
), said as (
  select subject, metric, source, valid_at, value, status, reason, known_at, revision
  from observation
  semi join (select subject, metric || '_new_365d' as metric, source from touched) as derived
    using (subject, metric, source)
  where method = 'reconstructed' and known_at <= $known_at and valid_at >= $since
    and metric in ('github.stars_new_365d', 'github.contributors_new_365d')
  qualify row_number() over (
    partition by subject, metric, source, valid_at order by known_at desc, revision desc
  ) = 1
), told as (
  select subject, metric, source, valid_at, n, case when gain >= 0 and not has_shifted then gain end as value,
    said.value as old_value, said.status as old_status, said.reason as old_reason, said.known_at as old_known_at, said.revision as old_revision
  from gained
  full join said using (subject, metric, source, valid_at)
)
select subject, metric, 'reconstructed' as method, source, valid_at,
  greatest(old_known_at, $known_at::timestamp) as known_at,
  case when old_known_at >= $known_at::timestamp then old_revision + 1 else 0 end as revision,
  value, n, case when value is null then 'missing' else 'derived' end as status,
  case when value is null then 'incomplete' end as reason,
  case when metric = 'github.stars_new_365d' then 'stars_new@counts' else 'contributors_new@counts' end as definition,
  case when metric = 'github.stars_new_365d' then 'accounts' else 'identities' end as unit,
  $run_id as run_id
from told
where old_status is null or value is distinct from old_value or (old_reason = 'retracted' and n is not null)
