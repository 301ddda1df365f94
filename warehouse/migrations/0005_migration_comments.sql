-- What the record of the migrations means.
comment on table migration is 'The numbered files that made this warehouse, each applied once.';
comment on column migration.name is 'Name of the file';
comment on column migration.sha256 is 'SHA-256 of the file as it was applied';
comment on column migration.applied_at is 'When it was applied (UTC)';
