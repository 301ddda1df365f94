-- Room for newest words that are all counted anew.
create or replace temp table fresh_word as from newest_word limit 0
