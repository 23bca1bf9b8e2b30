create table limit_counts (
  city_id  text not null,
  rule     text not null,
  key_hash blob not null,
  began_at integer not null,
  ends_at  integer not null,
  tally    integer not null,
  primary key (city_id, rule, key_hash, began_at)
) strict, without rowid;

create index limit_counts_ends on limit_counts (city_id, ends_at);
