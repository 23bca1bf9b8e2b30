create table logins (
  city_id       text not null,
  id            text not null,
  email         text not null check (email <> ''),
  language      text not null,
  password_hash text not null,
  made_at       bigint not null,
  deleted_at    bigint not null,
  primary key (city_id, id)
);
select clearwell_guard('logins');
create unique index logins_email on logins (city_id, email) where deleted_at = 0;

create table login_sessions (
  city_id   text not null,
  id        text not null,
  login_id  text not null,
  way       text not null check (way in ('password', 'code', 'passkey')),
  agent     text not null check (length(agent) <= 120),
  began_at  bigint not null,
  seen_at   bigint not null,
  proved_at bigint not null,
  ends_at   bigint not null,
  ended_at  bigint not null,
  primary key (city_id, id)
);
select clearwell_guard('login_sessions');
create index login_sessions_login on login_sessions (city_id, login_id);

create table login_codes (
  city_id       text not null,
  id            text not null,
  purpose       text not null check (purpose in ('sign_up', 'sign_in', 'recover', 'prove', 'new_email')),
  email         text not null,
  login_id      text not null,
  language      text not null,
  code_hash     bytea not null,
  password_hash text not null,
  tries         bigint not null,
  made_at       bigint not null,
  used_at       bigint not null,
  spent_at      bigint not null,
  primary key (city_id, id)
);
select clearwell_guard('login_codes');
create index login_codes_email on login_codes (city_id, email, made_at);

create table login_locks (
  city_id      text not null,
  email_hash   bytea not null,
  failures     bigint not null,
  failed_at    bigint not null,
  locked_until bigint not null,
  primary key (city_id, email_hash)
);
select clearwell_guard('login_locks');

alter table outbox_messages drop constraint outbox_messages_kind_check;
alter table outbox_messages add constraint outbox_messages_kind_check check (kind in ('receipt', 'page_alarm', 'login_code', 'login_news', 'town_warning', 'breach_notice', 'payee_news'));
