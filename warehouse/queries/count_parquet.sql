-- How many rows a Parquet file holds.
select count(*) as rows from read_parquet($paths)
