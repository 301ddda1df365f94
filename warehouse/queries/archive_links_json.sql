-- The links of the archive from the JSON dump, an array of objects that is read as a stream.
create or replace temp table archive_link as
select paper_url, repo_url, framework, try_cast(is_official as boolean) as is_official
from read_json($paths, format = 'array', compression = $compression, maximum_object_size = 4194304, columns = {
  'paper_url': 'varchar', 'repo_url': 'varchar', 'framework': 'varchar', 'is_official': 'varchar'})
