-- A row for each curated fact that is new or has changed.
insert into curated_fact by name
with word as (
  select * from curated_fact
  qualify row_number() over (partition by subject, metric, source, valid_from order by known_at desc) = 1
)
select appended.*, $known_at::timestamp as known_at
from appended
anti join word on word.subject = appended.subject and word.metric = appended.metric and word.source = appended.source
  and word.valid_from = appended.valid_from and word.value = appended.value and word.review_by = appended.review_by
  and word.confidence = appended.confidence and word.maintenance = appended.maintenance
  and word.url is not distinct from appended.url and word.quote is not distinct from appended.quote
  and word.note is not distinct from appended.note
  and word.confirmed_on is not distinct from appended.confirmed_on
