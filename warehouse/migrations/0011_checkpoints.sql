-- Where a walk through an upstream's pages stands, so that the next run goes on behind the last page that has landed.
create table checkpoint (
  subject varchar not null,
  since timestamp,
  "cursor" varchar,
  reached timestamp,
  issues bigint not null,
  known_at timestamp not null,
  run_id varchar not null
);
comment on table checkpoint is 'Where a walk through the issues of a repository stands; one row a page, append-only.';
comment on column checkpoint.subject is 'Subject of the catalog';
comment on column checkpoint.since is 'The walk asks for what changed at or after this moment, UTC; null: for everything';
comment on column checkpoint."cursor" is 'Place behind the last page that has landed, as the upstream names it';
comment on column checkpoint.reached is 'Newest change on that page, UTC';
comment on column checkpoint.issues is 'Issues that the walk has brought so far';
comment on column checkpoint.known_at is 'When the page landed, UTC';
comment on column checkpoint.run_id is 'Run that landed the page';
