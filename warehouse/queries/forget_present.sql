-- The clock of whoever wrote before.
delete from present
