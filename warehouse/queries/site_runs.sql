-- The landings of a span, up to a day.
select run_id, kind, known_at, status, observations, missing, quarantined from run
where known_at >= $since and known_at < $before and known_at <= $known_at
order by known_at desc
