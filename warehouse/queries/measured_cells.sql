-- What has been measured or derived at least once, so that no curated fact need answer for it.
select distinct subject, metric from observation anti join undone_run using (run_id) where status in ('measured', 'derived')
