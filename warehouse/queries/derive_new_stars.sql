-- Stars of the 365 complete days before the newest of each subject whose star history this run has touched; and before
-- each day of which that was told already, where days that came later have changed the sum.
-- $since is the oldest moment that has come: sums of days up to it stand.
-- Days before the history's beginning had none; any other missing day leaves the sum unsaid.
insert into observation by name
with known as (
  select subject, valid_at as until, value, known_at, revision
  from observation semi join star_sum using (subject)
  where metric = 'github.stars_new_365d' and method = 'exact_retained' and source = 'github'
    and valid_at >= $since::timestamp
  qualify row_number() over (partition by subject, valid_at order by known_at desc, revision desc) = 1
), summed as (
  select *, date_diff('day',
    greatest(until - interval 365 days, coalesce(start, until - interval 365 days)), until) as expected
  from star_sum
)
select subject, 'github.stars_new_365d' as metric, 'exact_retained' as method, 'github' as source,
  until as valid_at, greatest(known.known_at, $known_at::timestamp) as known_at,
  case when known.known_at >= $known_at::timestamp then known.revision + 1 else 0 end as revision, summed.value, days as n, 'derived' as status,
  'stars_new@1:los-angeles-days' as definition, 'accounts' as unit, $run_id as run_id
from summed
left join known using (subject, until)
where days = expected and known.value is distinct from summed.value
