-- What was told of past days from counts of all commits, and still stands.
select subject, metric, source, valid_at
from observation_current
where metric in ('liveness.main', 'github.commits_90d') and method = 'reconstructed' and status = 'derived'
