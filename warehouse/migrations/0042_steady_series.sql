-- The series whose newest readings step so little that nothing in them can look wrong, so that a night that goes on as the
-- nights before need not be read against half a year of them. Landings fill it: what is not in it is read.
create table steady_series (
  subject varchar not null,
  metric varchar not null,
  method varchar not null,
  source varchar not null,
  begins_at timestamp not null,
  last_at timestamp not null,
  last_value double not null,
  least double not null,
  largest_step double not null
);
comment on table steady_series is 'Series (subject, metric, method, source) whose newest readings take small steps, with what tells whether the next one is small. Kept by each landing.';
comment on column steady_series.subject is 'Subject id of the catalog';
comment on column steady_series.metric is 'Full metric name, such as github.stars';
comment on column steady_series.method is 'How the value was had, as in observation';
comment on column steady_series.source is 'Who said it';
comment on column steady_series.begins_at is 'From which reading on the steps are counted, at least ten; the year 1 where all are';
comment on column steady_series.last_at is 'The moment of the newest reading';
comment on column steady_series.last_value is 'Its value';
comment on column steady_series.least is 'No reading of the half year before any of these lies nearer to 0; 0 where they have both signs';
comment on column steady_series.largest_step is 'The largest difference between a reading and the next since begins_at';

-- The stars of the newest year of each subject as they were last summed, so that one more day need not be summed with all.
create table year_of_stars (
  subject varchar not null,
  until timestamp not null,
  value double not null,
  days bigint not null,
  start timestamp
);
comment on table year_of_stars is 'Of each subject the stars of the 365 days before the end of the newest that is counted, as last summed. Kept by each landing.';
comment on column year_of_stars.subject is 'Subject id of the catalog';
comment on column year_of_stars.until is 'A day after the newest day whose stars are counted';
comment on column year_of_stars.value is 'Their sum, of whole numbers alone';
comment on column year_of_stars.days is 'How many counts were summed';
comment on column year_of_stars.start is 'The beginning of the history, where it may lie in that year';
