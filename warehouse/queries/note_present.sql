-- The clock of whoever writes now.
insert into present values ($now::timestamp)
