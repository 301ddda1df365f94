-- The fingerprints of the parts of GH Archive that have landed.
select distinct part_sha256 from archive_hour anti join undone_run using (run_id)
