-- What the measured share holds: a judgement on what is seen to be maintained is half a measurement.
comment on column score.measured_share is 'Share of the answered weight that was measured or derived; a curated fact on a repository whose state is measured counts half';
comment on column latest_score.measured_share is 'Share of the answered weight that was measured or derived; a curated fact on a repository whose state is measured counts half';
