-- Share of a venue year's papers with a known framework that use each framework (METHOD 2.4, estimand E2).
-- A paper with several repositories counts for each framework by the share of its named repositories.
with link as (
  select distinct paper_url, lower(trim(repo_url)) as repo_url, lower(trim(framework)) as framework
  from read_parquet($links)
  where repo_url is not null and lower(trim(framework)) in (
    'pytorch', 'tf', 'jax', 'mindspore', 'paddle', 'mxnet', 'torch', 'caffe2')
), proceeding as (
  select distinct paper_url,
    regexp_extract(proceeding, '^(\S+)\s+((?:19|20)\d\d)(?:\s+(\d{1,2}))?\s*$', ['venue', 'year', 'month']) as part
  from read_parquet($papers)
  where proceeding is not null
), paper as (
  select paper_url, lower(part.venue) as venue, part.year::integer as year,
    nullif(part.month, '')::integer as month
  from proceeding
  where lower(part.venue) in ('neurips', 'nips', 'icml', 'iclr')
), placed as (
  select paper_url, case when venue = 'nips' then 'neurips' else venue end as venue, year, month from paper
), named as (
  select placed.venue, placed.year, paper_url, link.framework,
    count(*) / sum(count(*)) over (partition by placed.venue, placed.year, paper_url) as weight
  from placed
  join link using (paper_url)
  group by placed.venue, placed.year, paper_url, link.framework
), venue_year as (
  select venue, year, count(distinct paper_url) as n from named group by venue, year
), month_of as (
  select venue, year, max(month) as month from placed group by venue, year
), framework as (
  select distinct framework from named
)
select venue, year, framework.framework, n,
  -- Rounded: the order of a parallel sum decides the last bits, and the same archive must give the same share.
  round(coalesce(sum(weight) filter (named.framework = framework.framework), 0) / n, 12) as share,
  case
    when month is null then make_timestamp(year + 1, 1, 1, 0, 0, 0)
    else make_timestamp(year, month, 1, 0, 0, 0) + interval 1 month
  end as valid_at
from venue_year
cross join framework
join month_of using (venue, year)
join named using (venue, year)
group by venue, year, framework.framework, n, month
order by venue, year, framework.framework
