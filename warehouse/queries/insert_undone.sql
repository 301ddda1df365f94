-- Runs that count no more, or again, from this landing on.
insert into undone by name
select unnest($runs) as run_id, unnest($are_undone) as is_undone, $run_id as by_run_id, $reason as reason,
  $known_at::timestamp as known_at
