-- What can be asked: views first that people begin with, then the rest by name, each with its comment.
with named as (
  select view_name as name, comment, 'view' as sort, 0 as place from duckdb_views() where not internal and database_name = current_database()
  union all
  select table_name, comment, 'table', 2 from duckdb_tables() where not internal and database_name = current_database()
  union all
  select function_name || '(' || array_to_string(parameters, ', ') || ')', comment, 'view of a moment', 1
  from duckdb_functions() where not internal and database_name = current_database() and function_type = 'table_macro'
), asked_first as (
  select unnest(['leaderboard', 'score_history', 'why_missing', 'expiring_facts', 'metric_latest', 'metric_daily']) as name,
    unnest(range(6)) as step
)
select named.name, named.sort as is_a, named.comment as one_row_is
from named left join asked_first on asked_first.name = named.name
order by asked_first.step nulls last, named.place, named.name
