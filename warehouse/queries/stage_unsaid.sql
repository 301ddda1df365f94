-- What the catalog has said and does not say tonight: "not applicable" of series, at all their moments, and facts at theirs.
-- It is looked up in the newest words and among the facts, so that a night of which all is said again looks through no
-- history. A series whose only word is withdrawn is left out, and so is a fact beyond the newest that stands.
with fact as (
  select distinct subject, metric, 'curated' as method, source, valid_from::timestamp as valid_at
  from curated_fact
  where subject > $after and subject <= $upto
), unsaid as (
  from fact anti join arrived using (subject, metric, method, source, valid_at)
)
select distinct subject, metric, method, source, null::timestamp as valid_at
from newest_word anti join arrived using (subject, metric, method, source)
where source = 'catalog' and method <> 'curated' and (status = 'not_applicable' or valid_at > first_at)
  and subject > $after and subject <= $upto
union all
select unsaid.*
from unsaid
semi join (from newest_word where has_value) as newest
  on newest.subject = unsaid.subject and newest.metric = unsaid.metric and newest.method = unsaid.method
  and newest.source = unsaid.source and newest.valid_at >= unsaid.valid_at
