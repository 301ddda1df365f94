-- What lands: what arrived and is not already the last word.
create or replace temp view incoming as from staged
