-- The papers from which a year's sample is drawn, with what each way said of their code; where no arXiv ids are known,
-- all papers with their titles.
with link as (
  select venue, year, paper_id, way, seen_on, address, repository, refusal, coalesce(is_official, false) as is_official
  from paper_link anti join undone_run using (run_id) where known_at < $before
), shared as (
  select repository from link where repository is not null
  group by repository having count(distinct venue || year || paper_id) > 3
), indexed as (
  select distinct venue, year from venue_count anti join undone_run using (run_id)
  where source = 'paperswithcode' and reason is null and known_at < $before
)
select paper.venue || '-' || paper.year as edition, paper.paper_id, paper.title, paper.place, paper.arxiv_id,
  link.way, link.seen_on, link.address,
  case when shared.repository is null then link.repository end as repository,
  case when shared.repository is null then link.refusal else 'a repository of many papers' end as refusal,
  coalesce(link.is_official, false) as is_official
from paper_code as paper
left join indexed using (venue, year)
left join link using (venue, year, paper_id)
left join shared on shared.repository = link.repository
where coalesce(paper.linked_before, 0) < 400 or indexed.venue is null
order by paper.venue, paper.year, paper.place, paper.paper_id
