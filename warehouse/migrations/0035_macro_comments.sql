-- What the macros give, for those who list what can be asked.
comment on macro table metric_as_of is 'The effective value per subject and metric at a past moment (valid), with what was known then (known).';
comment on macro lane is 'Which of two answers about the same moment comes first: 0 before 1.';
comment on macro family is 'The metric without its year: pwc.share_icml_2023 is pwc.share_icml.';
