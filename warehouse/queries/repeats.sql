-- Whether anything stands twice in what has arrived.
select exists(
  select 1 from arrived group by subject, metric, method, source, valid_at having count(*) > 1
) as is_any
