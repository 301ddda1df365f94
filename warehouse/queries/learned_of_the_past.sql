-- Of each subject the oldest moment after which a score may be another by what was learned since $seen of these metrics; none
-- where all of it is about moments from $before on, or changes nothing on the first day of a month. A value does not where its
-- series has a newer one in the same month, and what is missing does not where nothing was. A fact that is confirmed lasts
-- longer; it was no other before.
with word as (
  select subject, metric, method, source, valid_at, valid_until, value, status from observation
  where known_at > $seen and valid_at < $before
    and list_contains($metrics, regexp_replace(metric, '_(19|20)[0-9]{2}$', ''))
  qualify row_number() over (
    partition by subject, metric, method, source, valid_at order by known_at desc, revision desc
  ) = 1
), unsaid as (
  from word where status = 'missing' and method not in ('catalog', 'curated')
), lost as (
  select unsaid.* from unsaid join (
    select subject, metric, method, source, valid_at, status from observation
    semi join unsaid using (subject, metric, method, source, valid_at)
    where known_at <= $seen
    qualify row_number() over (
      partition by subject, metric, method, source, valid_at order by known_at desc, revision desc
    ) = 1
  ) as older using (subject, metric, method, source, valid_at)
  where older.status <> 'missing'
), learned as (
  from word where status <> 'missing' or method in ('catalog', 'curated')
  union all
  from lost
), span as (
  select min(valid_at) as first_at, date_trunc('month', max(valid_at)) + interval 1 month as last_at from learned
  where method not in ('catalog', 'curated')
), near as (
  select subject, metric, method, source, valid_at, status from observation cross join span
  semi join (
    select distinct subject, metric, method, source, date_trunc('month', valid_at) as month from learned
  ) as touched on observation.subject = touched.subject and observation.metric = touched.metric
    and observation.method = touched.method and observation.source = touched.source
    and date_trunc('month', observation.valid_at) = touched.month
  where observation.valid_at > first_at and observation.valid_at < last_at
  qualify row_number() over (
    partition by subject, metric, method, source, observation.valid_at order by known_at desc, revision desc
  ) = 1
), newest as (
  select subject, metric, method, source, date_trunc('month', valid_at) as month, max(valid_at) as newest_at from near
  where status in ('measured', 'derived') group by all
), said as (
  select subject, metric, source, valid_at, valid_until, value from observation
  where method = 'curated' and known_at <= $seen
  qualify row_number() over (partition by subject, metric, source, valid_at order by known_at desc, revision desc) = 1
), telling as (
  select learned.subject, case
      when said.value = learned.value then least(said.valid_until, learned.valid_until) else learned.valid_at
    end as since
  from learned
  left join said on learned.method = 'curated' and said.subject = learned.subject and said.metric = learned.metric
    and said.source = learned.source and said.valid_at = learned.valid_at
  left join newest on newest.subject = learned.subject and newest.metric = learned.metric
    and newest.method = learned.method and newest.source = learned.source
    and newest.month = date_trunc('month', learned.valid_at)
  where learned.method in ('catalog', 'curated') or coalesce(newest_at <= learned.valid_at, true)
)
select subject, min(since) as since from telling where since < $before group by subject order by subject
