-- How far each way of finding code reaches among the papers that it was asked about.
select venue, year, way, papers, asked, linked, round(linked / asked, 4) as share from link_coverage
order by year desc, venue, way
