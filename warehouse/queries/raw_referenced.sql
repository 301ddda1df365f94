-- Every raw answer that something stored rests on.
select raw_sha256 from observation where raw_sha256 is not null
union select raw_sha256 from said_again where raw_sha256 is not null
union select raw_sha256 from repository_state where raw_sha256 is not null
union select raw_sha256 from fact_reading where raw_sha256 is not null
union select raw_sha256 from venue_count where raw_sha256 is not null
