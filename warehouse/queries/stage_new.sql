-- What arrived and is not already the last word on its key.
-- Files of a dated tracker come in any order: an empty cell takes no count back, and of the counts that the lists of one
-- day give a repository the highest is kept, in whichever file it stands. What an undone run said protects nothing,
-- not even where a later run has judged it anew.
with again as (
  select subject, metric, method, source, valid_at from arrived group by all having count(*) > 1
), once as (
  from arrived anti join again using (subject, metric, method, source, valid_at)
  union all
  (from arrived semi join again using (subject, metric, method, source, valid_at)
  qualify row_number() over (
    partition by subject, metric, method, source, valid_at
    order by status = 'missing', value desc, status, reason, n desc, lo, hi, url, raw_sha256
  ) = 1)
)
select once.*
from once
left join word using (subject, metric, method, source, valid_at)
where (word.subject is null
  or once.value is distinct from word.value
  or once.lo is distinct from word.lo
  or once.hi is distinct from word.hi
  or once.n is distinct from word.n
  or once.definition <> word.definition
  or once.valid_until is distinct from word.valid_until
  or (word.reason is distinct from 'quarantined'
      and (once.status <> word.status or once.reason is distinct from word.reason)))
  and not coalesce(once.method = 'archived' and once.reason is distinct from 'retracted' and word.run_id not in (select run_id from undone_run) and (once.value is null and word.value is not null
      or once.source = 'github-ranking' and once.value < word.value), false)
