-- Accepted papers of venues, the code that belongs to them, and what that code imports. Append-only, dated, with source.
create or replace macro family(metric) as
  regexp_replace(metric, '_(?:19|20)[0-9]{2}(_e[134]|_corrected|_bounds)?(_official)?$', '\1\2');

create table venue_count (
  venue varchar not null,
  year integer not null,
  source varchar not null,
  papers bigint,
  told bigint,
  reason varchar,
  detail varchar,
  url varchar,
  raw_sha256 varchar,
  counted_at timestamp not null,
  known_at timestamp not null,
  run_id varchar not null
);
comment on table venue_count is 'How many papers of a venue''s year each list holds, or why it does not say; papers are kept only where two lists agree within 1 %.';
comment on column venue_count.venue is 'Venue, such as neurips';
comment on column venue_count.year is 'Year of the venue';
comment on column venue_count.source is 'Whose list: openreview, site (the virtual site), pmlr (proceedings), paperswithcode (index of arXiv ids)';
comment on column venue_count.papers is 'Papers that the list holds; of one that broke off, what came; null where nothing came';
comment on column venue_count.told is 'How many it says that it holds, where it broke off before';
comment on column venue_count.reason is 'Why the list is no use, as in observation; null where it came whole';
comment on column venue_count.detail is 'The same in words';
comment on column venue_count.url is 'Address that was asked, without secrets';
comment on column venue_count.raw_sha256 is 'SHA-256 of the raw answer in the raw archive';
comment on column venue_count.counted_at is 'When the list was asked for';
comment on column venue_count.known_at is 'When the warehouse learned it';
comment on column venue_count.run_id is 'The run that landed the row';

create table accepted_paper (
  venue varchar not null,
  year integer not null,
  paper_id varchar not null,
  title varchar,
  track varchar,
  place varchar not null,
  known_at timestamp not null,
  run_id varchar not null
);
comment on table accepted_paper is 'A paper that a venue accepted, from a list that a second one confirms.';
comment on column accepted_paper.venue is 'Venue, such as neurips';
comment on column accepted_paper.year is 'Year of the venue';
comment on column accepted_paper.paper_id is 'Its id on OpenReview';
comment on column accepted_paper.title is 'Its title';
comment on column accepted_paper.track is 'The track that accepted it';
comment on column accepted_paper.place is 'Its place in the order of drawing: fixed, and as good as by lot';
comment on column accepted_paper.known_at is 'When the warehouse learned it';
comment on column accepted_paper.run_id is 'The run that landed the row';

create table paper_arxiv (
  venue varchar not null,
  year integer not null,
  paper_id varchar not null,
  arxiv_id varchar not null,
  known_at timestamp not null,
  run_id varchar not null
);
comment on table paper_arxiv is 'The arXiv id of an accepted paper, by its title, as paperswithcode.co has it.';
comment on column paper_arxiv.venue is 'Venue, such as neurips';
comment on column paper_arxiv.year is 'Year of the venue';
comment on column paper_arxiv.paper_id is 'Its id on OpenReview';
comment on column paper_arxiv.arxiv_id is 'Its arXiv id, without a version';
comment on column paper_arxiv.known_at is 'When the warehouse learned it';
comment on column paper_arxiv.run_id is 'The run that landed the row';

create table paper_link (
  venue varchar not null,
  year integer not null,
  paper_id varchar not null,
  way varchar not null,
  address varchar,
  repository varchar,
  refusal varchar,
  is_official boolean,
  label varchar,
  seen_on date not null,
  known_at timestamp not null,
  run_id varchar not null
);
comment on table paper_link is 'What one way says of a paper''s code; a row without address says that the way was asked and knew of none.';
comment on column paper_link.venue is 'Venue, such as neurips';
comment on column paper_link.year is 'Year of the venue';
comment on column paper_link.paper_id is 'Its id on OpenReview';
comment on column paper_link.way is 'Who says so: paperswithcode, huggingface, abstract, openreview, archive';
comment on column paper_link.address is 'The address as it stands there; null where the way knew of none';
comment on column paper_link.repository is 'The GitHub repository that is meant, owner/name in lower case; null where none is';
comment on column paper_link.refusal is 'Why the address tells no repository of the paper; null where it does';
comment on column paper_link.is_official is 'Whether the way says that the authors wrote it';
comment on column paper_link.label is 'The framework that the frozen archive names for it; null for other ways';
comment on column paper_link.seen_on is 'The day on which the link was seen';
comment on column paper_link.known_at is 'When the warehouse learned it';
comment on column paper_link.run_id is 'The run that landed the row';

create table code_verdict (
  repository varchar not null,
  github_id bigint,
  read_at timestamp not null,
  way varchar not null,
  commit_sha varchar,
  pushed_at timestamp,
  state varchar not null,
  main varchar,
  importing varchar,
  libraries varchar,
  is_weak boolean,
  files_read integer,
  why varchar,
  rule varchar not null,
  known_at timestamp not null,
  run_id varchar not null
);
comment on table code_verdict is 'What the code of a paper''s repository imports, as it was read; the last reading counts.';
comment on column code_verdict.repository is 'owner/name in lower case';
comment on column code_verdict.github_id is 'Its numeric id; null where it was read from a clone, or is gone';
comment on column code_verdict.read_at is 'When it was read';
comment on column code_verdict.way is 'How: graphql, or clone';
comment on column code_verdict.commit_sha is 'The commit that was read';
comment on column code_verdict.pushed_at is 'When somebody pushed to it last; null where a clone was read';
comment on column code_verdict.state is 'named, no_framework, other_language, no_code, gone or unreadable';
comment on column code_verdict.main is 'The framework that most of the files read import; null where none is named';
comment on column code_verdict.importing is 'How many of the files read import each framework, as JSON';
comment on column code_verdict.libraries is 'How many of the files read import each library, as JSON';
comment on column code_verdict.is_weak is 'Whether it rests on dependency files alone';
comment on column code_verdict.files_read is 'How many files were read';
comment on column code_verdict.why is 'Why it came to this, where that is not plain';
comment on column code_verdict.rule is 'Version of the rule';
comment on column code_verdict.known_at is 'When the warehouse learned it';
comment on column code_verdict.run_id is 'The run that landed the row';
