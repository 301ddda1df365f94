-- The papers of the archive from the JSON dump, an array of objects that is read as a stream.
create or replace temp table archive_paper as
select paper_url, proceeding
from read_json($paths, format = 'array', compression = $compression, maximum_object_size = 4194304, columns = {
  'paper_url': 'varchar', 'proceeding': 'varchar'})
