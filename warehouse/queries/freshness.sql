-- Of each source its newest value that is not dated later than the last writing, and how many it has in all.
select source, max(valid_at) filter (has_value) as newest, coalesce(sum(cells) filter (has_value), 0)::bigint as "values"
from newest_word
where source <> 'catalog' and valid_at <= coalesce((select moment from present), timestamp 'infinity')
group by source
order by source
