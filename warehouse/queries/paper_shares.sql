-- Shares of a venue year's papers by framework (docs/method.md#definitions-that-readers-ask-for): four estimands, over all repositories and the official ones.
-- A paper with several repositories counts for each framework by the share of its repositories within the base:
-- e1 all of them, e2 those that name a framework, e3 those of PyTorch and TensorFlow; e4 is e1's sum over all papers.
-- A repository is one however its address is written.
with told as (
  select rtrim(trim(paper_url), '/') as paper_url, coalesce(lower(trim(framework)), 'none') as framework, is_official,
    regexp_replace(regexp_replace(lower(trim(repo_url)), '^(?:https?://)?(?:www\.)?', ''), '(?:\.git)?/*$', '') as repo_url
  from archive_link
), link as (
  select paper_url, repo_url, framework, bool_or(coalesce(is_official, false)) as is_official
  from told
  where repo_url <> ''
  group by all
), proceeding as (
  select distinct rtrim(trim(paper_url), '/') as paper_url,
    regexp_extract(proceeding, '^\s*(\S+)\s+((?:19|20)\d\d)(?:\s+(\d{1,2}))?\s*$', ['venue', 'year', 'month']) as part
  from archive_paper
  where proceeding is not null
), named_venue as (
  select unnest($venues) as venue, lower(unnest($names)) as name
), placed as (
  select paper_url, named_venue.venue, try_cast(part.year as integer) as year,
    case when try_cast(part.month as integer) between 1 and 12 then try_cast(part.month as integer) end as month
  from proceeding
  join named_venue on named_venue.name = lower(part.venue)
), scoped as (
  select 'any' as scope, venue, year, paper_url, framework from placed join link using (paper_url)
  union all
  select 'official', venue, year, paper_url, framework from placed join link using (paper_url) where is_official
), based as (
  select scope, venue, year, paper_url, framework, unnest(
    ['e1', 'e4']
    || case when list_contains($frameworks, framework) then ['e2'] else []::varchar[] end
    || case when framework in ('pytorch', 'tf') then ['e3'] else []::varchar[] end) as estimand
  from scoped
), weighed as (
  select estimand, scope, venue, year, paper_url, framework,
    count(*) / sum(count(*)) over (partition by estimand, scope, venue, year, paper_url) as weight
  from based
  group by estimand, scope, venue, year, paper_url, framework
), base as (
  select estimand, scope, venue, year, count(distinct paper_url) as n from weighed where estimand <> 'e4' group by all
  union all
  select 'e4', scope, venue, year, count(distinct paper_url)
  from placed
  cross join (values ('any'), ('official')) as each(scope)
  group by scope, venue, year
), summed as (
  select estimand, scope, venue, year, framework, sum(weight) as papers from weighed group by all
), month_of as (
  select venue, year, max(month) as month from placed group by venue, year
), framework as (
  select distinct framework from weighed where estimand = 'e2'
)
select base.estimand, base.scope, base.venue, base.year, framework.framework, n,
  -- Rounded: the order of a parallel sum decides the last bits, and the same archive must give the same share.
  round(coalesce(papers, 0) / n, 12) as share,
  case
    when month is null then make_timestamp(base.year + 1, 1, 1, 0, 0, 0)
    else make_timestamp(base.year, month, 1, 0, 0, 0) + interval 1 month
  end as valid_at
from base
cross join framework
join month_of using (venue, year)
left join summed
  on summed.estimand = base.estimand and summed.scope = base.scope and summed.venue = base.venue
    and summed.year = base.year and summed.framework = framework.framework
where base.estimand <> 'e3' or framework.framework in ('pytorch', 'tf')
order by base.venue, base.year, framework.framework, base.estimand, base.scope
