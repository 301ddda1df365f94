-- Which repository belongs to which paper, which papers are drawn, and why papers are silent: views of the venues.
create view paper_code as
with link as (
  select * from paper_link anti join undone_run using (run_id)
), shared as (
  select repository from link where repository is not null
  group by repository having count(distinct venue || year || paper_id) > 3
), known as (
  select link.*, shared.repository is not null as is_shared,
    list_position(['paperswithcode', 'huggingface', 'abstract', 'openreview', 'archive'], way) as way_place
  from link left join shared using (repository)
), best as (
  select venue, year, paper_id, repository, way, seen_on from known
  where repository is not null and not is_shared
  qualify row_number() over (
    partition by venue, year, paper_id order by way_place, coalesce(is_official, false) desc, address
  ) = 1
), asked as (
  select venue, year, paper_id, bool_or(way = 'paperswithcode') as is_index_asked,
    bool_or(way = 'huggingface') as is_page_asked,
    bool_or(way = 'paperswithcode' and repository is not null) as is_in_index
  from link group by all
), paper as (
  select * from accepted_paper anti join undone_run using (run_id)
  qualify row_number() over (partition by venue, year, paper_id order by known_at) = 1
), arxiv as (
  select venue, year, paper_id, any_value(arxiv_id order by known_at desc) as arxiv_id
  from paper_arxiv anti join undone_run using (run_id) group by all
)
select paper.venue, paper.year, paper.paper_id, paper.title, paper.place, arxiv.arxiv_id, best.repository, best.way,
  best.seen_on,
  arxiv.arxiv_id is null or coalesce(is_in_index or (is_index_asked and is_page_asked), false) as is_looked_up,
  sum((best.repository is not null)::integer) over (
    partition by paper.venue, paper.year order by paper.place, paper.paper_id
    rows between unbounded preceding and 1 preceding
  ) as linked_before
from paper
left join arxiv using (venue, year, paper_id)
left join best using (venue, year, paper_id)
left join asked using (venue, year, paper_id);
comment on view paper_code is 'Each accepted paper with the repository that counts as its code, by the first way that names one.';
comment on column paper_code.venue is 'Venue, such as neurips';
comment on column paper_code.year is 'Year of the venue';
comment on column paper_code.paper_id is 'Its id on OpenReview';
comment on column paper_code.title is 'Its title';
comment on column paper_code.place is 'Its place in the order of drawing';
comment on column paper_code.arxiv_id is 'Its arXiv id, where one is known';
comment on column paper_code.repository is 'Its repository on GitHub; null where none is known. One that more than three papers name is nobody''s';
comment on column paper_code.way is 'Which way named it';
comment on column paper_code.seen_on is 'The day on which the link was seen';
comment on column paper_code.is_looked_up is 'Whether every way that can tell was asked';
comment on column paper_code.linked_before is 'How many papers before it in the order of drawing have a repository';

create view venue_sample as
with verdict as (
  select * from code_verdict anti join undone_run using (run_id)
  qualify row_number() over (partition by repository order by read_at desc, known_at desc) = 1
), told as (
  select paper_code.*, verdict.state, verdict.main, verdict.importing, verdict.libraries, verdict.is_weak,
    verdict.read_at, verdict.known_at as read_known_at,
    is_looked_up and (paper_code.repository is null or verdict.state is not null) as is_done
  from paper_code left join verdict using (repository)
  where coalesce(linked_before, 0) < 400
)
select venue, year, paper_id, title, place, repository, way, state, main, importing, libraries, is_weak, read_at
from told
qualify bool_and(is_done) over (
  partition by venue, year order by place, paper_id rows between unbounded preceding and current row
);
comment on view venue_sample is 'Papers of a venue''s year as they are drawn, until 400 have a repository, as far as all before them are looked up and read.';
comment on column venue_sample.venue is 'Venue, such as neurips';
comment on column venue_sample.year is 'Year of the venue';
comment on column venue_sample.paper_id is 'Its id on OpenReview';
comment on column venue_sample.title is 'Its title';
comment on column venue_sample.place is 'Its place in the order of drawing';
comment on column venue_sample.repository is 'Its repository on GitHub; null where none is known';
comment on column venue_sample.way is 'Which way named the repository';
comment on column venue_sample.state is 'What reading the repository came to; null without one';
comment on column venue_sample.main is 'The framework that most of its files import';
comment on column venue_sample.importing is 'How many of the files read import each framework, as JSON';
comment on column venue_sample.libraries is 'How many of the files read import each library, as JSON';
comment on column venue_sample.is_weak is 'Whether that rests on dependency files alone';
comment on column venue_sample.read_at is 'When the repository was read';

create view venue_silence as
select venue, year, coalesce(state, 'no_link') as cause, count(*) as papers
from venue_sample where state is distinct from 'named'
group by all;
comment on view venue_silence is 'Why papers that were drawn name no framework: how many for each cause.';
comment on column venue_silence.venue is 'Venue, such as neurips';
comment on column venue_silence.year is 'Year of the venue';
comment on column venue_silence.cause is 'no_link, no_framework, other_language, no_code, gone or unreadable';
comment on column venue_silence.papers is 'Papers of the sample';

create view link_coverage as
with link as (
  select distinct venue, year, paper_id, way, bool_or(repository is not null) over (partition by venue, year, paper_id, way) as has_code
  from paper_link anti join undone_run using (run_id)
), paper as (
  select venue, year, count(distinct paper_id) as papers from accepted_paper anti join undone_run using (run_id) group by all
)
select venue, year, way, any_value(papers) as papers,
  case when way in ('paperswithcode', 'huggingface') then count(*) else any_value(papers) end as asked,
  count(*) filter (where has_code) as linked
from link join paper using (venue, year)
group by venue, year, way;
comment on view link_coverage is 'How far each way of finding code reaches: papers that it was asked about, and papers whose repository it names.';
comment on column link_coverage.venue is 'Venue, such as neurips';
comment on column link_coverage.year is 'Year of the venue';
comment on column link_coverage.way is 'paperswithcode, huggingface, abstract, openreview or archive';
comment on column link_coverage.papers is 'Accepted papers';
comment on column link_coverage.asked is 'Papers that the way was asked about';
comment on column link_coverage.linked is 'Papers for which it names a repository on GitHub';

create view research_series as
with told as (
  select subject, metric, source, valid_at, value,
    case
      when metric like 'pwc.share%' or source = 'pwc' then 'archive'
      when regexp_matches(metric, '^papers\.share_[a-z]+_(19|20)\d\d') or metric = 'papers.venue_share' then 'venues'
      when metric like 'papers.%share%' then 'daily papers'
    end as series
  from observation_current where status in ('measured', 'derived')
)
select series, subject, min(valid_at) as first_at, max(valid_at) as last_at, count(distinct valid_at) as moments,
  case series when 'archive' then date '2025-07-31' end as ended_on,
  case series
    when 'archive' then 'Papers With Code was shut down; its archive is frozen, and no other series is joined to it'
    when 'venues' then 'accepted papers drawn by lot, by the imports of their code; a year is added when two lists of it agree'
    else 'papers of each day on Hugging Face; the fresh companion of the venues, not told as a year before its window is full'
  end as why
from told where series is not null
group by series, subject;
comment on view research_series is 'Which series of research adoption there are of a subject, from when to when, and why one ends.';
comment on column research_series.series is 'archive, venues, or daily papers';
comment on column research_series.subject is 'Subject id of the catalog';
comment on column research_series.first_at is 'The first moment that it is about';
comment on column research_series.last_at is 'The last moment that it is about';
comment on column research_series.moments is 'How many moments it has a value for';
comment on column research_series.ended_on is 'The day on which it ended for good; null while it goes on';
comment on column research_series.why is 'What it is, and why it ended';

create view archive_overlap as
with verdict as (
  select * from code_verdict anti join undone_run using (run_id)
  qualify row_number() over (partition by repository order by read_at desc, known_at desc) = 1
)
select link.venue, link.year, coalesce(link.label, 'none') as archive, coalesce(verdict.main, verdict.state) as ours,
  count(distinct link.repository) as repositories
from (from paper_link anti join undone_run using (run_id)) as link
join verdict using (repository)
where link.way = 'archive' and verdict.state <> 'unreadable'
group by all;
comment on view archive_overlap is 'The frozen archive against our reading of the same repositories: how often each label met each main framework.';
comment on column archive_overlap.venue is 'Venue, such as neurips';
comment on column archive_overlap.year is 'Year of the venue';
comment on column archive_overlap.archive is 'The framework that the archive names';
comment on column archive_overlap.ours is 'The main framework by imports, else the state of the repository';
comment on column archive_overlap.repositories is 'Repositories for which both is so';
