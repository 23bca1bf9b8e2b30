create table sessions (
  city_id    text not null,
  token_hash bytea not null,
  data       bytea not null,
  expires_at bigint not null,
  primary key (city_id, token_hash)
);
select clearwell_guard('sessions');

create index sessions_expiry on sessions (city_id, expires_at);
