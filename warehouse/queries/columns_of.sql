-- The columns of a table or view, in their order, with what they mean.
select column_name as "column", lower(data_type) as type, comment as meaning
from duckdb_columns() where not internal and database_name = current_database() and table_name = $asked
order by column_index
