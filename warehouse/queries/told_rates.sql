-- Days of which rates of issues were told before more was learned of what had been before them: issues, their closes and
-- first answers, and which of them are gone.
with said as (
  select subject, valid_at as day, max(known_at) as told_at
  from (
    select subject, metric, method, source, valid_at, known_at, run_id from observation
    union all
    select subject, metric, method, source, valid_at, known_at, run_id from said_again
  ) anti join undone_run using (run_id)
  where source = 'github' and method = 'exact' and metric in (select unnest($metrics))
  group by subject, valid_at
), standing as (
  from issue anti join undone_run using (run_id)
), seen as (
  select subject, number, known_at, created_at, closed_at, first_response_at,
    lag(closed_at) over history as closed_before, lag(first_response_at) over history as answered_before,
    row_number() over history = 1 as is_first
  from standing
  window history as (partition by subject, number order by known_at, updated_at)
), asked as (
  select subject, number, asked_at, known_at, is_gone,
    list_transform(closes, lambda one: one.closed_at) || list_transform(closes, lambda one: one.reopened_at) as moments
  from issue_asked anti join undone_run using (run_id)
), told as (
  select subject, number, moment, min(known_at) as known_at
  from (select subject, number, known_at, unnest(list_distinct(moments)) as moment from asked)
  group by subject, number, moment
), gone as (
  select asked.subject, asked.known_at, max(standing.known_at) as moment
  from asked join standing on standing.subject = asked.subject and standing.number = asked.number
    and standing.known_at < asked.asked_at
  where is_gone
  group by asked.subject, asked.number, asked.known_at
), learned as (
  select subject, known_at, created_at as moment from seen where is_first
  union all
  select subject, known_at, closed_at from seen where closed_at is distinct from closed_before
  union all
  select subject, known_at, first_response_at from seen where first_response_at is distinct from answered_before
  union all
  select told.subject, told.known_at, moment from told
  anti join seen on seen.subject = told.subject and seen.number = told.number and seen.closed_at = told.moment
  union all
  select subject, known_at, moment from gone
), since as (
  select subject, known_at, min(moment) as moment from learned group by subject, known_at
)
select distinct said.subject, day
from said join since on since.subject = said.subject and since.known_at > told_at and since.moment < day
order by said.subject, day
