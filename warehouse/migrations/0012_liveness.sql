-- How alive the repositories behind capabilities and facts are, and which facts a person must look at because of it.
create table repository_state (
  repository varchar not null,
  github_id bigint,
  full_name varchar,
  valid_at timestamp not null,
  is_archived boolean,
  is_disabled boolean,
  notice varchar,
  commits_90d bigint,
  base_commits_90d double,
  base_windows integer,
  created_at timestamp,
  pushed_at timestamp,
  last_commit_at timestamp,
  last_release_at timestamp,
  state varchar check (state in ('retired', 'declining', 'watch', 'stable', 'live')),
  reason varchar,
  detail varchar,
  url varchar,
  raw_sha256 varchar,
  known_at timestamp not null,
  run_id varchar not null
);
comment on table repository_state is 'What was seen of each repository behind a role or a fact, once a week; append-only.';
comment on column repository_state.repository is 'Full name that was asked for, as the catalog writes it';
comment on column repository_state.github_id is 'Numeric repository id, the stable key; null where it could not be seen';
comment on column repository_state.full_name is 'Full name that GitHub gives it now; another one where it has moved';
comment on column repository_state.valid_at is 'When it was asked for';
comment on column repository_state.is_archived is 'True where its owner has archived it';
comment on column repository_state.is_disabled is 'True where GitHub has disabled it';
comment on column repository_state.notice is 'Sentence of the opening of its README that says that it has ended; null where none does';
comment on column repository_state.commits_90d is 'Commits of the default branch in the 90 days before, merges included';
comment on column repository_state.base_commits_90d is 'Median of commits in 90 days, over windows that ended 90 to 730 days before; null where it is too young';
comment on column repository_state.base_windows is 'Windows behind base_commits_90d';
comment on column repository_state.created_at is 'When it was created';
comment on column repository_state.pushed_at is 'When anything was last pushed to it';
comment on column repository_state.last_commit_at is 'When the newest commit of its default branch was committed';
comment on column repository_state.last_release_at is 'When its latest release was published; null where it has none';
comment on column repository_state.state is 'retired, declining, watch, stable or live; null where it could not be seen';
comment on column repository_state.reason is 'Why there is no state; null otherwise';
comment on column repository_state.detail is 'What GitHub said instead, in a sentence';
comment on column repository_state.url is 'Address of the repository';
comment on column repository_state.raw_sha256 is 'SHA-256 of the raw answer in the raw archive';
comment on column repository_state.known_at is 'When the warehouse learned it';
comment on column repository_state.run_id is 'The run that landed the row';

create table repository_commits (
  github_id bigint not null,
  until timestamp not null,
  commits bigint not null,
  known_at timestamp not null,
  run_id varchar not null
);
comment on table repository_commits is 'Commits of a repository in blocks of 30 days on a fixed grid; append-only, each asked for once.';
comment on column repository_commits.github_id is 'Numeric repository id';
comment on column repository_commits.until is 'End of the 30 days, not included';
comment on column repository_commits.commits is 'Commits of the default branch in them, merges included';
comment on column repository_commits.known_at is 'When the warehouse learned it';
comment on column repository_commits.run_id is 'The run that landed the row';

alter table review_queue add column source varchar;
alter table review_queue add column valid_from date;
alter table review_queue add column finding varchar;
alter table review_queue add column about varchar;
alter table review_queue add column closed_at timestamp;
comment on column review_queue.source is 'Source of the fact';
comment on column review_queue.valid_from is 'First day on which the fact holds';
comment on column review_queue.kind is 'expired, contradicted, contested or watch';
comment on column review_queue.finding is 'expired, contested, archived, notice, retired, declining, watch, moved or not_found';
comment on column review_queue.about is 'Repository that it is about; empty where it is about the fact alone';
comment on column review_queue.closed_at is 'When it no longer stood: the fact was replaced, or the repository recovered; null while it stands';
