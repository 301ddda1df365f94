-- Up to which knowledge the months of history are scored: what is learned of the past since has them scored anew.
create table months_scored (known_at timestamp not null);
comment on table months_scored is 'Up to which knowledge the months of history are scored, one row; a night scores those of which more is known since.';
comment on column months_scored.known_at is 'What was known at this moment was looked at';
