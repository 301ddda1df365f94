-- Whether a tracker's history is kept, and, apart from what has come or was judged ($is_beside_trackers), something was
-- written beside it since newest_word was kept up to $kept_until: a count that the two are compared by, or an issue.
select exists (
    from newest_word where method = 'archived' and metric in ('github.stars', 'github.commits_90d',
      'github.stars_gained_month', 'github.issues_opened_month', 'github.issues_closed_month')
  ) and ($is_beside_trackers or exists (
    from landed
    where method = 'archived'
      or (method = 'reconstructed' and metric = 'github.stars' and source = 'github')
      or (method = 'exact' and metric = 'github.commits_90d' and source = 'git')
      or (method = 'exact_retained' and metric in ('github.stars_gained_1d', 'github.stars_history_start'))
      or metric = 'github.issues_walked'
  ) or exists (from issue where known_at > coalesce($kept_until::timestamp, timestamp '-infinity'))) as is_due
