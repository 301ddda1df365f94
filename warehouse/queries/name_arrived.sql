-- What a landing looks at: what is known without the run, and what it brought.
create or replace temp view arrived as from known union all from brought
