-- When each repository was last asked about and seen, its last state, and what is known of its past; is_told says whether
-- the last answer told a state, or that it is gone.
with seen as (
  select * from repository_state anti join undone_run using (run_id) where state is not null and valid_at < $before
  qualify row_number() over (partition by lower(repository) order by valid_at desc, known_at desc) = 1
), past as (
  select github_id, list(until order by until) as ends, list(commits order by until) as commits
  from repository_commits anti join undone_run using (run_id) group by github_id
)
select lower(asked.repository) as repository, max(asked.valid_at) as asked_at,
  arg_max(coalesce(asked.state is not null or asked.reason = 'not_found', false), (asked.valid_at, asked.known_at)) as is_told,
  any_value(seen.valid_at) as seen_at,
  any_value(seen.state) as state, any_value(seen.github_id) as github_id, any_value(seen.created_at) as created_at,
  any_value(seen.url) as url, any_value(seen.raw_sha256) as raw_sha256,
  any_value(past.ends) as ends, any_value(past.commits) as commits
from (from repository_state anti join undone_run using (run_id)) as asked
left join seen on lower(seen.repository) = lower(asked.repository)
left join past on past.github_id = seen.github_id
where asked.valid_at < $before and (asked.commits_90d is not null or asked.state is not null or asked.reason = 'not_found')
group by lower(asked.repository)
