-- The columns of an array of objects, from its first ones.
describe select *
from read_json($paths, format = 'array', compression = $compression, sample_size = 3, maximum_object_size = 4194304)
