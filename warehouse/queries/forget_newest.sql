-- The words that are told anew make way.
delete from newest_word
where (subject, metric, method, source) in (select (subject, metric, method, source) from fresh_word)
