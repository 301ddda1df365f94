-- What stands of the metrics, from the version that landed last.
select metric, unit, meaning, definition, max_age_days, monotone, gated, past from metric
