-- A run that lands page by page is told anew with each of them.
delete from run where run_id = $run_id
