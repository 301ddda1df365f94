-- The days whose papers are known.
select distinct listed_on from paper where known_at < $before
