-- What this run brought and another run had said already: it stands also if that one is taken back.
insert into said_again by name
with said as (
  select * from (from brought where subject > $after and subject <= $upto) as brought
  semi join (from word where run_id <> $run_id) as other using (subject, metric, method, source, valid_at)
  anti join incoming using (subject, metric, method, source, valid_at)
), once as (
  select * from said
  qualify row_number() over (
    partition by subject, metric, method, source, valid_at
    order by status = 'missing', value desc, status, reason, n desc, lo, hi, url, raw_sha256
  ) = 1
)
select once.*, $known_at::timestamp as known_at, $run_id as run_id
from once
anti join (from said_again where run_id = $run_id) as known using (subject, metric, method, source, valid_at)
