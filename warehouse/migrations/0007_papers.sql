-- Papers of today and the frameworks of their repositories, from which live shares are derived. Append-only.
create table paper (
  listed_on date not null,
  paper_id varchar,
  repository varchar,
  frameworks varchar,
  known_at timestamp not null,
  run_id varchar not null
);
comment on table paper is 'Hugging Face daily papers as they were read; a day without papers has one row without paper_id.';
comment on column paper.listed_on is 'Day on which the paper was listed';
comment on column paper.paper_id is 'Its arXiv id; null for a day that listed none';
comment on column paper.repository is 'Its GitHub repository, owner/name; null when none is linked';
comment on column paper.frameworks is 'Frameworks that the repository''s dependency files name, comma between; empty when none, null when it is gone';
comment on column paper.known_at is 'When the warehouse learned it';
comment on column paper.run_id is 'The run that landed the row';
