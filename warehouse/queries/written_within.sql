-- From when to when older words may stand of what was written; null where there can be none.
select min(valid_at) as from_at, max(valid_at) as last_at from written where is_within
