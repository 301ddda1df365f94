-- What the columns of views of a moment mean, by name: those of the newest values and of the words behind them.
select column_name as "column",
  case column_name when 'age_days' then 'Age of the value at that moment, in days' else arg_min(comment, table_name) end as meaning
from duckdb_columns()
where not internal and database_name = current_database() and table_name in ('metric_latest', 'newest_word')
group by column_name
order by column_name
