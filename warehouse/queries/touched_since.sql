-- The oldest moment from which on series are looked at, where not whole.
select min(since) as since from touched
