-- What GH Archive recorded of our repositories day by day, and the files from which it was read.
create table archive_day (
  subject varchar not null,
  day date not null,
  repository_id bigint,
  stars bigint not null,
  forks bigint not null,
  issues_opened bigint not null,
  issues_closed bigint not null,
  pushes bigint not null,
  issues_untold bigint not null,
  pushes_trimmed bigint not null,
  hours_read bigint not null,
  hours_missing bigint not null,
  lines_unreadable bigint not null,
  coverage varchar not null check (coverage in ('whole', 'incomplete', 'lossy')),
  part_sha256 varchar not null,
  known_at timestamp not null,
  run_id varchar not null
);
comment on table archive_day is 'Events of a repository on a day (UTC) as GH Archive recorded them; append-only. Counts of a day that is not whole are too low, and are no observations.';
comment on column archive_day.subject is 'Subject id';
comment on column archive_day.day is 'Day of the files, UTC';
comment on column archive_day.repository_id is 'GitHub id of the repository, as the catalog or the events tell it';
comment on column archive_day.stars is 'Stars given in the hours that were read';
comment on column archive_day.forks is 'Forks made in the hours that were read';
comment on column archive_day.issues_opened is 'Issues opened in the hours that were read';
comment on column archive_day.issues_closed is 'Closings of issues in the hours that were read';
comment on column archive_day.pushes is 'Pushes in the hours that were read';
comment on column archive_day.issues_untold is 'Issue events that do not say what happened';
comment on column archive_day.pushes_trimmed is 'Pushes among them that no longer say how many commits they hold';
comment on column archive_day.hours_read is 'Hours whose file was read whole, of 24';
comment on column archive_day.hours_missing is 'Hours whose file is absent, cut off, corrupt or empty; archive_hour tells which';
comment on column archive_day.lines_unreadable is 'Lines of any repository that cannot be read in files that are whole';
comment on column archive_day.coverage is 'whole; incomplete: hours are missing; lossy: events are known to be missing from files that can be read';
comment on column archive_day.part_sha256 is 'Fingerprint of the part from which the row was landed';
comment on column archive_day.known_at is 'When it landed, UTC';
comment on column archive_day.run_id is 'Run that landed it';

create table archive_hour (
  day date not null,
  hour bigint not null,
  state varchar not null check (state in ('read', 'absent', 'truncated', 'corrupt', 'empty')),
  size_bytes bigint,
  etag varchar not null,
  sha256 varchar,
  unreadable bigint not null,
  events bigint not null,
  part_sha256 varchar not null,
  known_at timestamp not null,
  run_id varchar not null
);
comment on table archive_hour is 'Files of GH Archive that were read, and what was wrong with them; append-only.';
comment on column archive_hour.day is 'Day of the file, UTC';
comment on column archive_hour.hour is 'Hour of the file, 0 to 23';
comment on column archive_hour.state is 'read; absent: there is no file; truncated: it ends before its end; corrupt: it is no whole gzip file; empty: it holds no event';
comment on column archive_hour.size_bytes is 'Size of the file, compressed';
comment on column archive_hour.etag is 'ETag under which it came, or empty';
comment on column archive_hour.sha256 is 'Fingerprint of the compressed file; null where a mirror was read in place';
comment on column archive_hour.unreadable is 'Lines that cannot be read';
comment on column archive_hour.events is 'Events in it that count for a subject';
comment on column archive_hour.part_sha256 is 'Fingerprint of the part to which it led';
comment on column archive_hour.known_at is 'When it landed, UTC';
comment on column archive_hour.run_id is 'Run that landed it';
