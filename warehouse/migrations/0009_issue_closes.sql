-- What GitHub said of single issues that were asked for by their number: when each was closed, or that it is gone.
create table issue_asked (
  subject varchar not null,
  number bigint not null,
  asked_at timestamp not null,
  is_gone boolean not null,
  closes struct(closed_at timestamp, reopened_at timestamp, reason varchar, is_by_bot boolean)[] not null,
  known_at timestamp not null,
  run_id varchar not null
);
comment on table issue_asked is 'Single issues asked for by number: every close and reopening, or that the issue is gone.';
comment on column issue_asked.subject is 'Subject id';
comment on column issue_asked.number is 'Number of the issue in its repository';
comment on column issue_asked.asked_at is 'When it was asked for';
comment on column issue_asked.is_gone is 'True when GitHub no longer has it: deleted, transferred, or made a discussion';
comment on column issue_asked.closes is 'Each close: when, when it was reopened, the reason, and whether a bot closed it';
comment on column issue_asked.known_at is 'When the warehouse learned it';
comment on column issue_asked.run_id is 'The run that landed the row';
