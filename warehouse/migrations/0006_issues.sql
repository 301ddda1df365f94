-- Issues, from which close rates of any past day are derived. Append-only: the last word on a number counts.
create table issue (
  subject varchar not null,
  number bigint not null,
  created_at timestamp not null,
  closed_at timestamp,
  state_reason varchar,
  author_kind varchar not null check (author_kind in ('human', 'bot', 'gone')),
  first_response_at timestamp,
  is_comment_known boolean not null,
  updated_at timestamp not null,
  known_at timestamp not null,
  run_id varchar not null
);
comment on table issue is 'Every issue as it was last seen; pull requests never.';
comment on column issue.subject is 'Subject id';
comment on column issue.number is 'Number of the issue in its repository';
comment on column issue.created_at is 'When it was opened';
comment on column issue.closed_at is 'The close that stands; null while it is open';
comment on column issue.state_reason is 'COMPLETED, NOT_PLANNED, DUPLICATE or REOPENED, where GitHub says so';
comment on column issue.author_kind is 'human, bot, or gone when the account was deleted';
comment on column issue.first_response_at is 'First comment of a human other than the author among the comments that were fetched';
comment on column issue.is_comment_known is 'True when comments were fetched, so that no response means none';
comment on column issue.updated_at is 'When GitHub last changed it';
comment on column issue.known_at is 'When the warehouse learned it';
comment on column issue.run_id is 'The run that landed the row';
