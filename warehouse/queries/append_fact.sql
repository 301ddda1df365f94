-- A row for each curated fact that is new or has changed.
insert into curated_fact by name
with word as (
  select * from curated_fact
  qualify row_number() over (partition by subject, metric, source, valid_from order by known_at desc) = 1
)
select brought.*, $known_at::timestamp as known_at
from brought
anti join word on word.subject = brought.subject and word.metric = brought.metric and word.source = brought.source
  and word.valid_from = brought.valid_from and word.value = brought.value and word.review_by = brought.review_by
  and word.confidence = brought.confidence and word.maintenance = brought.maintenance
  and word.url is not distinct from brought.url and word.quote is not distinct from brought.quote
  and word.note is not distinct from brought.note
