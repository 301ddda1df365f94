-- The days whose papers are known.
select distinct listed_on from paper anti join undone_run using (run_id) where known_at < $before
