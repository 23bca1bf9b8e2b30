create table login_passkeys (
  city_id    text not null,
  id         text not null,
  login_id   text not null,
  name       text not null check (length(name) <= 40),
  credential text not null,
  made_at    bigint not null,
  used_at    bigint not null,
  primary key (city_id, id)
);
select clearwell_guard('login_passkeys');
create index login_passkeys_login on login_passkeys (city_id, login_id);
