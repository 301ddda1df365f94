-- What a run has added so far that is no value.
select missing, quarantined from run where run_id = $run_id
