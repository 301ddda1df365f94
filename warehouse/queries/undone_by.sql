-- The runs that an undo run took back or let stand again.
select run_id, is_undone from undone where by_run_id = $run_id order by run_id
