-- What the catalog no longer says of a followed subject is taken back. One that has gained the key of a source is asked
-- from now on: its "not applicable" is withdrawn. A fact that stands in no file any more counts no more; what was known
-- before still tells it.
insert into observation by name
with word as (
  select * from (
    from observation semi join (from unsaid where valid_at is null) as silent using (subject, metric, method, source)
    where source = 'catalog'
    union all
    from observation semi join unsaid using (subject, metric, method, source, valid_at) where method = 'curated'
  )
  qualify row_number() over (
    partition by subject, metric, method, source, valid_at order by known_at desc, revision desc
  ) = 1
), followed as (
  select subject from (
    from subject qualify row_number() over (partition by subject order by known_at desc) = 1
  ) where is_followed
)
select word.* replace (
    'missing' as status, case when status = 'curated' then 'retracted' else 'incomplete' end as reason,
    null as value, null as lo, null as hi, null as n, null as valid_until, $run_id as run_id,
    greatest(known_at, $known_at::timestamp) as known_at,
    case when known_at >= $known_at::timestamp then revision + 1 else 0 end as revision
  )
from word semi join followed using (subject)
where status in ('not_applicable', 'curated')
