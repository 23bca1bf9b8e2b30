create table sessions (
  city_id    text not null,
  token_hash blob not null,
  data       blob not null,
  expires_at integer not null,
  primary key (city_id, token_hash)
) strict, without rowid;

create index sessions_expiry on sessions (city_id, expires_at);
