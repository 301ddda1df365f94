-- The moment of the oldest value that is stored.
select min(valid_at) as valid_at from observation where status in ('measured', 'derived', 'curated')
