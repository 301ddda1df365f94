-- The links of the archive to papers that are asked for, by arXiv id or else by the words of the title.
with link as (
  select repo_url, framework, coalesce(is_official, false) as is_official, split_part(paper_arxiv_id, 'v', 1) as arxiv_id,
    trim(regexp_replace(lower(paper_title), '\W+', ' ', 'g')) as words
  from read_parquet($paths) where repo_url is not null
)
select distinct venue, year, paper_id, repo_url as address, is_official, framework as label
from wanted_paper
join link on link.arxiv_id = wanted_paper.arxiv_id or link.words = nullif(wanted_paper.words, '')
order by venue, year, paper_id, address
