-- Share of the papers with a known framework that use each framework, by month and within the last 365 days (docs/method.md#definitions-that-readers-ask-for, E2).
-- A paper whose repository names several counts for each by an equal part. Beside them the days of the year that were read.
with told as (
  select listed_on, paper_id, string_split(frameworks, ',') as frameworks
  from paper anti join undone_run using (run_id)
  where frameworks <> '' and listed_on < $until::date and listed_on >= $until::date - interval 730 days
    and known_at <= $known_at
  qualify row_number() over (partition by paper_id order by listed_on) = 1
), named as (
  select listed_on, paper_id, unnest(frameworks) as framework, 1.0 / len(frameworks) as weight from told
), spans as (
  select 'year' as span, $until::date as ends_on, paper_id, framework, weight from named
  where listed_on >= $until::date - interval 365 days
  union all
  select 'month', (date_trunc('month', listed_on) + interval 1 month)::date, paper_id, framework, weight from named
  where date_trunc('month', listed_on) + interval 1 month <= $until::date
), total as (
  select span, ends_on, count(distinct paper_id) as n from spans group by span, ends_on
), framework as (
  select distinct framework from spans
), read as (
  select count(distinct listed_on) as days_read from paper anti join undone_run using (run_id)
  where listed_on < $until::date and listed_on >= $until::date - interval 365 days and known_at <= $known_at
)
select total.span, total.ends_on, framework.framework, total.n, any_value(days_read) as days_read,
  round(coalesce(sum(weight), 0) / total.n, 12) as share
from total
cross join framework
cross join read
left join spans
  on spans.span = total.span and spans.ends_on = total.ends_on and spans.framework = framework.framework
group by total.span, total.ends_on, framework.framework, total.n
order by total.span, total.ends_on, framework.framework
