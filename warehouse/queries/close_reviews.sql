-- Close what is open in the review queue and was not found again.
update review_queue set closed_at = $known_at
where closed_at is null and not exists (
  from found
  where found.subject = review_queue.subject and found.metric = review_queue.metric
    and found.source = review_queue.source and found.valid_from = review_queue.valid_from
    and found.finding = review_queue.finding and found.about = review_queue.about
)
