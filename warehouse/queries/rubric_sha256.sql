-- The fingerprint with which a rubric was first used here.
select arg_min(sha256, known_at) as sha256 from rubric where id = $id having count(*) > 0
