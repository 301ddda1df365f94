-- The history of scores up to a day, each day under the rubric that judges it: of many days the last of each week or month.
-- Of the subjects behind $after, up to $upto, by name.
with ruler as (
  select id, arg_max(base_date, known_at) as base_date from rubric group by id
), chosen as (
  select as_of, coalesce(max(id) filter (base_date <= as_of), max(id)) as rubric
  from (select distinct as_of from score where as_of <= $before) cross join ruler
  group by as_of
), span as (
  select count(distinct as_of) as days, count(distinct date_trunc('week', as_of)) as weeks
  from score join chosen using (as_of, rubric)
), said as (
  select score.*, days, weeks
  from score join chosen using (as_of, rubric) cross join span
  where subject > $after and subject <= $upto
  qualify row_number() over (partition by subject, as_of order by known_at desc) = 1
)
select said.subject, said.as_of, said.rubric, speed_score, speed_raw, said.lo, said.hi, score_interval.lo as p5,
  score_interval.hi as p95, said.coverage, said.status, said.reason, ecosystem, production, research, learning, performance,
  case when days <= $most then 'day' when weeks <= $most then 'week' else 'month' end as step
from said
left join score_interval using (subject, as_of, rubric, known_at)
qualify row_number() over (partition by said.subject, case when days <= $most then as_of
  when weeks <= $most then date_trunc('week', as_of) else date_trunc('month', as_of) end order by as_of desc) = 1
order by said.subject, said.as_of
