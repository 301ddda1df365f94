-- Shares of papers by venue and year: of the archive that ended, and of its living successor.
-- Of the subjects behind $after, up to $upto, by name.
with named as (
  select distinct metric from newest_word
  where regexp_matches(metric, '^(pwc|papers)\.share_[a-z0-9]+_(19|20)[0-9]{2}$')
), word as (
  from observation semi join named using (metric)
  where valid_at < $before
    and known_at <= $known_at and subject > $after and subject <= $upto
  qualify row_number() over (
    partition by subject, metric, method, source, valid_at order by known_at desc, revision desc
  ) = 1
)
select subject, regexp_extract(metric, '^(pwc|papers)\.', 1) as archive,
  regexp_extract(metric, 'share_([a-z0-9]+)_', 1) as venue,
  regexp_extract(metric, '((?:19|20)[0-9]{2})$', 1)::integer as year, value, lo, hi, n, valid_at, source, definition
from word
where status in ('measured', 'derived', 'curated')
qualify row_number() over (
  partition by subject, metric order by lane(status, method, source), valid_at desc, source
) = 1
order by subject, venue, archive, year
