-- Of each subject the oldest moment after which a score may be another by what was learned since $seen of these metrics; none
-- where all of it is about moments from $before on, or changes nothing on the first day of a month. A value does not where its
-- series has a newer one in the same month. A fact that is confirmed lasts longer; it was no other before.
with learned as (
  select subject, metric, method, source, valid_at, valid_until, value, status from observation
  where known_at > $seen and valid_at < $before
    and (status <> 'missing' or method in ('catalog', 'curated') or reason in ('retracted', 'quarantined'))
    and list_contains($metrics, regexp_replace(metric, '_(19|20)[0-9]{2}$', ''))
  qualify row_number() over (
    partition by subject, metric, method, source, valid_at order by known_at desc, revision desc
  ) = 1
), span as (
  select min(valid_at) as first_at, date_trunc('month', max(valid_at)) + interval 1 month as last_at from learned
  where method not in ('catalog', 'curated')
), near as (
  select subject, metric, method, source, valid_at, status from observation cross join span
  semi join learned using (subject, metric, method, source)
  where observation.valid_at > first_at and observation.valid_at < last_at
  qualify row_number() over (
    partition by subject, metric, method, source, observation.valid_at order by known_at desc, revision desc
  ) = 1
), hidden as (
  select distinct learned.subject, learned.metric, learned.method, learned.source, learned.valid_at
  from learned join near using (subject, metric, method, source)
  where near.status in ('measured', 'derived') and near.valid_at > learned.valid_at
    and date_trunc('month', near.valid_at) = date_trunc('month', learned.valid_at)
), said as (
  select subject, metric, source, valid_at, valid_until, value from observation
  where method = 'curated' and known_at <= $seen
  qualify row_number() over (partition by subject, metric, source, valid_at order by known_at desc, revision desc) = 1
), telling as (
  select learned.subject, case when said.value = learned.value then least(said.valid_until, learned.valid_until) else learned.valid_at end
    as since
  from learned
  left join said on learned.method = 'curated' and said.subject = learned.subject and said.metric = learned.metric
    and said.source = learned.source and said.valid_at = learned.valid_at
  anti join hidden on learned.method not in ('catalog', 'curated') and hidden.subject = learned.subject
    and hidden.metric = learned.metric and hidden.method = learned.method and hidden.source = learned.source
    and hidden.valid_at = learned.valid_at
)
select subject, min(since) as since from telling where since < $before group by subject order by subject
