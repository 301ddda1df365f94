-- The links of the archive from its Parquet files.
create or replace temp table archive_link as
select paper_url, repo_url, framework, is_official from read_parquet($paths)
