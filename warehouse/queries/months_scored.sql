-- Up to which knowledge the months of history are scored; null before the first night that kept it.
select max(known_at) as known_at from months_scored
