-- How fresh each source is: its newest value that is not dated later than the last writing, its missing cells and why.
with newest as (
  select source, max(valid_at) filter (has_value) as newest, sum(cells) filter (has_value)::bigint as "values"
  from newest_word
  where source <> 'catalog' and valid_at <= coalesce((select moment from present), timestamp 'infinity')
  group by source
), lost as (
  select source, count(*) as missing, string_agg(distinct reason, ', ' order by reason) as why
  from gap
  group by source
)
select source, newest.newest, coalesce("values", 0) as "values", coalesce(missing, 0) as missing, why
from newest
left join lost using (source)
order by source
