-- The newest words as they are now.
insert into newest_word by name from fresh_word
