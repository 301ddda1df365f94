-- The moment gives way to a newer one.
delete from months_scored
