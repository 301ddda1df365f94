-- Every cell whose newest answer is missing.
select subject, metric, source, reason, valid_at, is_recoverable, past from gap order by subject, metric
