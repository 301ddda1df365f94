-- What the healing runs since $since were answered.
select detail_json from run
where kind = 'heal' and started_at >= $since
order by started_at
