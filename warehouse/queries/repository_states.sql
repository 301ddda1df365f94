-- The last word on each repository: what was seen of it, or that it is gone; a failed look is no word.
select * from repository_state anti join undone_run using (run_id)
where state is not null or reason = 'not_found'
qualify row_number() over (partition by lower(repository) order by valid_at desc, known_at desc) = 1
