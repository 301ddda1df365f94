-- When the words of a fact were last found at their address.
alter table curated_fact add column confirmed_on date;
comment on column curated_fact.confirmed_on is 'Last day on which the quoted words were found at their address; null where that is valid_from';
