-- What lands: all that arrived, where nothing of it was said before and nothing stands in it twice.
create or replace temp view incoming as from arrived
