-- What this run brought and another run had said already: it stands also if that one is taken back.
insert into said_again by name
with word as (
  select subject, metric, method, source, valid_at, run_id
  from observation
  semi join brought using (subject, metric, method, source, valid_at)
  where known_at <= $known_at
  qualify row_number() over (
    partition by subject, metric, method, source, valid_at order by known_at desc, revision desc
  ) = 1
), once as (
  select * from brought
  qualify row_number() over (
    partition by subject, metric, method, source, valid_at
    order by status = 'missing', value desc, status, reason, n desc, lo, hi, url, raw_sha256
  ) = 1
)
select once.*, $known_at::timestamp as known_at, $run_id as run_id
from once
anti join incoming using (subject, metric, method, source, valid_at)
anti join (from said_again where run_id = $run_id) as known using (subject, metric, method, source, valid_at)
join word using (subject, metric, method, source, valid_at)
where word.run_id <> $run_id
