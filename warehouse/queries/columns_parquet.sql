-- The columns of a Parquet file.
describe select * from read_parquet($paths)
