-- Every package that a paper's repository asks for, so that the share of a library can be told, whenever it is added.
alter table paper add column packages varchar;
comment on column paper.packages is 'Plain names of all packages that its dependency files ask for, comma-separated; empty where there are none, null where the repository is unknown or was read before packages were kept';
