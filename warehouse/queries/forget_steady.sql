-- What is told anew of series makes way, and what is not told any longer.
delete from steady_series
where (subject, metric, method, source) in (
  select (subject, metric, method, source) from incoming union select (subject, metric, method, source) from touched
)
