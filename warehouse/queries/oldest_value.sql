-- The moment of the oldest value that is stored.
select min(valid_at) as valid_at from observation anti join undone_run using (run_id) where status in ('measured', 'derived', 'curated')
