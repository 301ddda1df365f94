-- The kind of a run that has landed.
select kind from run where run_id = $run_id
