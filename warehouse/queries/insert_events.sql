-- One event for each verdict that is new, and one that takes back what was told and no longer stands.
insert into quality_event
with judged as (
  select *, case when is_held then 'quarantined' when is_new_level then 'level_shift' else 'released' end as kind
  from verdict
), told as (
  select subject, metric, source, valid_at, kind, value
  from quality_event anti join undone_run using (run_id)
  where kind in ('quarantined', 'level_shift', 'released')
  qualify row_number() over (partition by subject, metric, source, valid_at order by known_at desc) = 1
)
select $run_id, $known_at::timestamp, subject, metric, source, valid_at, judged.kind, judged.value, expected, why
from judged
left join told using (subject, metric, source, valid_at)
where case
    when judged.kind = 'released' then was_held or told.kind = 'level_shift'
    else told.kind is distinct from judged.kind or told.value is distinct from judged.value
  end
