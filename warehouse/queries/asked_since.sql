-- The oldest moment that sources which are asked brought; what ships, curated facts and trackers keep other methods.
select min(valid_at) as since from arrived where method >= 'exact'
