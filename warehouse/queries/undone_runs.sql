-- The runs that do not count now, and the undo runs that did it.
select run_id, by_run_id from undone_run order by run_id
