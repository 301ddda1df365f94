-- Issues to ask for by number: those of the cohorts whose closes were not told since they last changed, the newest
-- first; and per subject about a hundred to look for where some are gone, those that were asked longest ago: fifty of
-- the young and open, on which rates depend, and twenty each of the other three kinds.
with word as (
  select subject, number, arg_max(created_at, updated_at) as created_at, arg_max(author_kind, updated_at) as author_kind,
    arg_max_null(closed_at, updated_at) is not null as is_closed,
    coalesce(arg_max_null(state_reason, updated_at), '') = 'REOPENED' as is_reopened,
    max(updated_at) as updated_at, max(known_at) as seen_at
  from issue anti join undone_run using (run_id)
  where known_at < $before
  group by subject, number
), asked as (
  select subject, number, arg_max(is_gone, asked_at) as is_gone, max(asked_at) as asked_at
  from issue_asked anti join undone_run using (run_id)
  where known_at < $before
  group by subject, number
), living as (
  select *, created_at >= $cohorts_since::timestamp as is_young
  from word
  left join asked using (subject, number)
  where not coalesce(is_gone and asked_at > seen_at, false)
)
select subject, number,
  is_young and (is_closed or is_reopened) and author_kind <> 'bot' and coalesce(asked_at < updated_at, true) as lacks_closes
from living
qualify lacks_closes or row_number() over (
  partition by subject, is_closed, is_young order by asked_at nulls first, created_at desc, number
) <= case when is_young and not is_closed then 50 else 20 end
order by lacks_closes desc, created_at desc, subject, number
