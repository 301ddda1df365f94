-- The version of the program that landed the last run.
select version from run order by known_at desc limit 1
