-- The newest words of the unsettled series, from all that is stored of them.
with word as (
  select *, status in ('measured', 'derived', 'curated') as has_value
  from observation semi join unsettled using (subject, metric, method, source)
  qualify row_number() over (
    partition by subject, metric, method, source, valid_at order by known_at desc, revision desc
  ) = 1
), kind as (
  select *,
    case when valid_at > coalesce((select moment from present), timestamp 'infinity') then valid_at end as ahead_at
  from word
), told as (
  select *, count(*) over own as cells, min(valid_at) over own as first_at,
    max(known_at) over (partition by subject, metric, method, source) as known_until
  from kind
  window own as (partition by subject, metric, method, source, has_value, ahead_at)
  qualify row_number() over (
    partition by subject, metric, method, source, has_value, ahead_at order by valid_at desc
  ) = 1
)
select * exclude (ahead_at) from told
