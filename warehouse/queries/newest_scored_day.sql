-- The newest moment as of which there are scores, and when the newest of all was made; null where there are none.
select max(as_of) as as_of, max(known_at) as known_at from score
