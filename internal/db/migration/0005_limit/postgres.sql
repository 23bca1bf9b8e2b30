create table limit_counts (
  city_id  text not null,
  rule     text not null,
  key_hash bytea not null,
  began_at bigint not null,
  ends_at  bigint not null,
  tally    bigint not null,
  primary key (city_id, rule, key_hash, began_at)
);
select clearwell_guard('limit_counts');

create index limit_counts_ends on limit_counts (city_id, ends_at);
