-- The metrics of this version, in place of those of the last.
insert into metric by name select * from appended
