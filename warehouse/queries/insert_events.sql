-- One event for each verdict that is new.
insert into quality_event
select $run_id, $known_at::timestamp, subject, metric, source, valid_at,
  case when is_held then 'quarantined' when is_new_level then 'level_shift' else 'released' end,
  value, expected, why
from verdict
where (is_held or is_new_level or was_held)
  and (is_held <> was_held or is_new_level)
  and not exists (
    select 1 from (from quality_event anti join undone_run using (run_id)) as known
    where known.subject = verdict.subject and known.metric = verdict.metric and known.source = verdict.source
      and known.valid_at = verdict.valid_at and known.value is not distinct from verdict.value
      and known.kind = case when is_held then 'quarantined' when is_new_level then 'level_shift' else 'released' end
      and known.known_at = (
        select max(newest.known_at) from (from quality_event anti join undone_run using (run_id)) as newest
        where newest.subject = verdict.subject and newest.metric = verdict.metric
          and newest.source = verdict.source and newest.valid_at = verdict.valid_at)
  )
