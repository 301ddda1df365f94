-- Papers that two ways were asked about alike, those whose code each of them names, and those whose code both name.
with asked as (
  select venue, year, paper_id, bool_or(way = 'abstract' and repository is not null) as in_abstract,
    bool_or(way = 'paperswithcode' and repository is not null) as in_index
  from paper_link anti join undone_run using (run_id)
  group by venue, year, paper_id having bool_or(way = 'paperswithcode')
)
select venue, year, count(*) as asked, count(*) filter (where in_abstract) as in_abstract,
  count(*) filter (where in_index) as in_index, count(*) filter (where in_abstract and in_index) as both
from asked group by venue, year
