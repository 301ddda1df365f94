-- A row for each subject whose catalog entry is new or has changed, and for each that the catalog has dropped.
insert into subject by name
with word as (
  select * from subject
  qualify row_number() over (partition by subject order by known_at desc) = 1
), said as (
  select subject, name, kind, github_id, catalog_json, true as is_followed from appended
  union all by name
  select subject, name, kind, github_id, catalog_json, false as is_followed from word
  where subject not in (select subject from appended)
)
select said.*, $known_at::timestamp as known_at
from said
left join word using (subject)
where said.catalog_json is distinct from word.catalog_json or said.is_followed is distinct from word.is_followed
