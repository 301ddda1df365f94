-- Up to which moment of learning the newest words are kept.
select max(known_until) as known_until from newest_word
