-- What has been measured or derived at least once, so that no curated fact need answer for it.
select distinct subject, metric from observation where status in ('measured', 'derived')
