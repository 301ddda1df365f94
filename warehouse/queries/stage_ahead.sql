-- The series whose newest word is dated after the clock that shows now, where older ones were left out for it.
select distinct subject, metric, method, source from newest_word where valid_at > $now::timestamp and cells > 1
