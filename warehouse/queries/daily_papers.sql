-- The daily papers of 730 days whose repositories name a framework, each once, with the packages that they ask for.
select listed_on, paper_id, string_split(frameworks, ',') as frameworks, string_split(packages, ',') as packages
from paper anti join undone_run using (run_id)
where frameworks <> '' and listed_on < $until::date and listed_on >= $until::date - interval 730 days
  and known_at <= $known_at
qualify row_number() over (partition by paper_id order by listed_on) = 1
order by listed_on, paper_id
