-- The papers of the archive from its Parquet files.
create or replace temp table archive_paper as select paper_url, proceeding from read_parquet($paths)
