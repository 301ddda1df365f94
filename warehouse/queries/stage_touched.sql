-- The series that the gates look at again, each with a number and the moment from which on: that of the oldest reading
-- that has come. `since` is null where the whole series is looked at.
-- What is counted from stored events is not judged: it can be counted again for any day, and the reconciliation compares
-- it with what others count. What was held back of it comes along, to be released. Series of which a person took readings
-- for real are judged each time: that may have been taken back. Steady series go on as they did and are left out.
with event as (
  select distinct subject, metric, source, valid_at from quality_event where kind = 'quarantined'
), found as (
  select incoming.subject, incoming.metric, incoming.method, incoming.source, min(valid_at) as since, false as is_exact
  from (from incoming anti join still_steady using (subject, metric, method, source)) as incoming
  join metric on metric.metric = incoming.metric and metric.gated
  where incoming.status in ('measured', 'derived', 'missing')
    and incoming.method not in ('curated', 'exact', 'exact_retained', 'reconstructed')
  group by incoming.subject, incoming.metric, incoming.method, incoming.source
  union all
  select distinct subject, metric, method, source, null, true
  from observation semi join event using (subject, metric, source, valid_at)
  where reason = 'quarantined' and method in ('exact', 'exact_retained', 'reconstructed')
    and subject > $after and subject <= $upto
  union all
  select distinct subject, metric, method, source, null, false
  from accepted
  where method not in ('exact', 'exact_retained', 'reconstructed') and subject > $after and subject <= $upto
), span as (
  select subject, metric, method, source, min(first_at) as first_at
  from newest_word semi join (select distinct subject from found) as named using (subject)
  group by subject, metric, method, source
), once as (
  select subject, metric, method, source, is_exact,
    case when count(since) = count(*) then min(since) end as since
  from found group by subject, metric, method, source, is_exact
)
select row_number() over () as series, once.*, first_at
from once left join span using (subject, metric, method, source)
