-- The newest moment as of which there are scores; null where there are none.
select max(as_of) as as_of from score
