-- Which of the $metrics have been measured or derived of whom, so that no curated fact need answer for it.
select distinct subject, metric from newest_word
where status in ('measured', 'derived') and metric in (select unnest($metrics::varchar[]))
