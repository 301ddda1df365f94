-- When a run began to ask.
select started_at from run where run_id = $run_id
