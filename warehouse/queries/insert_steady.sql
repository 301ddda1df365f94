-- The steady series that went on, as they stand now.
insert into steady_series by name from still_steady
