-- The kind of every subject that is followed, as known at a moment.
select subject, arg_max(kind, known_at) as kind, arg_max(github_id, known_at) as github_id from subject
where known_at <= $known_at
group by subject
