-- Up to which knowledge the months of history are scored now.
insert into months_scored values ($known_at)
