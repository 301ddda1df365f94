-- How many objects an array holds.
select count(*) as rows
from read_json($paths, format = 'array', compression = $compression, maximum_object_size = 4194304, columns = {
  'paper_url': 'varchar'})
