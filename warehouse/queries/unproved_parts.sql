-- Kept scores that their own kept parts do not give: points that do not sum to them, dimensions that say another thing; and
-- parts whose score is gone.
with summed as (
  select subject, as_of, rubric, known_at, sum(points) as points from contribution group by all
), parted as (
  select subject, as_of, rubric, known_at, avg(raw) as raw, avg(lo) as lo, avg(hi) as hi, avg(coverage) as coverage,
    any_value(score) filter (dimension = 'ecosystem') as ecosystem,
    any_value(score) filter (dimension = 'production') as production,
    any_value(score) filter (dimension = 'research') as research,
    any_value(score) filter (dimension = 'learning') as learning,
    any_value(score) filter (dimension = 'performance') as performance
  from dimension_score group by all
), whole as (
  select score.*, summed.points, parted.raw, parted.lo as part_lo, parted.hi as part_hi, parted.coverage as part_coverage,
    parted.ecosystem as part_ecosystem, parted.production as part_production, parted.research as part_research,
    parted.learning as part_learning, parted.performance as part_performance
  from score
  left join summed using (subject, as_of, rubric, known_at)
  left join parted using (subject, as_of, rubric, known_at)
), told as (
  select known_at, rubric, as_of, subject, unnest([
    {'column': 'sum of its points', 'stored': points, 'recomputed': case when speed_raw is null then points else speed_raw end},
    {'column': 'mean of its dimensions', 'stored': case when speed_raw is not null then raw end, 'recomputed': speed_raw},
    {'column': 'lo of its dimensions', 'stored': part_lo, 'recomputed': lo},
    {'column': 'hi of its dimensions', 'stored': part_hi, 'recomputed': hi},
    {'column': 'coverage of its dimensions', 'stored': part_coverage, 'recomputed': coverage},
    {'column': 'dimension ecosystem', 'stored': part_ecosystem, 'recomputed': ecosystem},
    {'column': 'dimension production', 'stored': part_production, 'recomputed': production},
    {'column': 'dimension research', 'stored': part_research, 'recomputed': research},
    {'column': 'dimension learning', 'stored': part_learning, 'recomputed': learning},
    {'column': 'dimension performance', 'stored': part_performance, 'recomputed': performance}
  ], recursive := true)
  from whole
)
select known_at, rubric, as_of, subject, "column", stored::varchar as stored, recomputed::varchar as recomputed
from told
where abs(stored - recomputed) > 1e-9 or (stored is null) <> (recomputed is null)
union all
select known_at, rubric, as_of, subject, 'score', null, null
from parted anti join score using (known_at, rubric, as_of, subject)
order by known_at, rubric, as_of, subject, "column"
