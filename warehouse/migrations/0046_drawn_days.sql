-- What was kept of each day whose uncertainty was drawn: rows that go, or change, are noticed without drawing it again.
create table drawn_day (
  as_of timestamp not null,
  rubric varchar not null,
  known_at timestamp not null,
  intervals bigint not null,
  dimensions bigint not null,
  ranks bigint not null,
  fingerprint varchar not null
);
comment on table drawn_day is 'The days whose uncertainty was drawn, with what was kept of each; verify holds the rows against it.';
comment on column drawn_day.as_of is 'As in score_interval';
comment on column drawn_day.rubric is 'Rubric id';
comment on column drawn_day.known_at is 'As in score_interval';
comment on column drawn_day.intervals is 'Rows of score_interval';
comment on column drawn_day.dimensions is 'Rows of dimension_interval';
comment on column drawn_day.ranks is 'Rows of rank_probability';
comment on column drawn_day.fingerprint is 'Of all these rows, in whatever order';

create view drawn_day_kept as
with line as (
  select as_of, rubric, known_at, 'score' as kind,
    concat_ws('|', 'score', subject, median, lo, hi, peers, p_first, confidence) as told
  from score_interval
  union all
  select as_of, rubric, known_at, 'dimension', concat_ws('|', 'dimension', subject, dimension, median, lo, hi)
  from dimension_interval
  union all
  select as_of, rubric, known_at, 'rank', concat_ws('|', 'rank', subject, "rank", probability) from rank_probability
)
select as_of, rubric, known_at, count(*) filter (kind = 'score') as intervals,
  count(*) filter (kind = 'dimension') as dimensions, count(*) filter (kind = 'rank') as ranks,
  bit_xor(md5_number_lower(told))::varchar as fingerprint
from line group by as_of, rubric, known_at;
comment on view drawn_day_kept is 'What drawn_day would say of the rows that are there now.';
comment on column drawn_day_kept.as_of is 'As in score_interval';
comment on column drawn_day_kept.rubric is 'Rubric id';
comment on column drawn_day_kept.known_at is 'As in score_interval';
comment on column drawn_day_kept.intervals is 'Rows of score_interval';
comment on column drawn_day_kept.dimensions is 'Rows of dimension_interval';
comment on column drawn_day_kept.ranks is 'Rows of rank_probability';
comment on column drawn_day_kept.fingerprint is 'Of all these rows, in whatever order';

insert into drawn_day by name from drawn_day_kept;
