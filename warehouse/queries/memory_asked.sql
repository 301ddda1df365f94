-- When each metric of each subject was last had from its source: by the newest words, and of series of which anything was
-- learned since $before by all words until then.
with unsettled as (
  select distinct subject, metric, method, source from newest_word where known_until >= $before
), had as (
  select subject, metric, method, status, valid_at
  from newest_word anti join unsettled using (subject, metric, method, source)
  where has_value
  union all
  select subject, metric, method, status, valid_at
  from (
    from observation semi join unsettled using (subject, metric, method, source)
    where known_at < $before
    qualify row_number() over (
      partition by subject, metric, method, source, valid_at order by known_at desc, revision desc
    ) = 1
  )
)
select metric, subject, max(valid_at) as asked_at
from had
where method not in ('archived', 'curated', 'catalog') and status in ('measured', 'derived')
group by metric, subject
