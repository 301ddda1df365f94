-- The years of stars of which anything has come or was judged make way.
delete from year_of_stars
where subject in (
  select subject from incoming where metric in ('github.stars_gained_1d', 'github.stars_history_start')
  union all
  select subject from verdict where metric in ('github.stars_gained_1d', 'github.stars_history_start')
)
