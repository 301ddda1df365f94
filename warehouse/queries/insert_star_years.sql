-- The newest years of stars as they were summed; past 2 to the 53rd whole numbers are not exact.
insert into year_of_stars by name
select subject, until, value, days, start from star_sum where is_newest and is_plain and value < 9e15
