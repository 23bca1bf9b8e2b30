create table logins (
  city_id       text not null,
  id            text not null,
  email         text not null check (email <> ''),
  language      text not null,
  password_hash text not null,
  made_at       integer not null,
  deleted_at    integer not null,
  primary key (city_id, id)
) strict, without rowid;
create unique index logins_email on logins (city_id, email) where deleted_at = 0;

create table login_sessions (
  city_id   text not null,
  id        text not null,
  login_id  text not null,
  way       text not null check (way in ('password', 'code', 'passkey')),
  agent     text not null check (length(agent) <= 120),
  began_at  integer not null,
  seen_at   integer not null,
  proved_at integer not null,
  ends_at   integer not null,
  ended_at  integer not null,
  primary key (city_id, id)
) strict, without rowid;
create index login_sessions_login on login_sessions (city_id, login_id);

create table login_codes (
  city_id       text not null,
  id            text not null,
  purpose       text not null check (purpose in ('sign_up', 'sign_in', 'recover', 'prove', 'new_email')),
  email         text not null,
  login_id      text not null,
  language      text not null,
  code_hash     blob not null,
  password_hash text not null,
  tries         integer not null,
  made_at       integer not null,
  used_at       integer not null,
  spent_at      integer not null,
  primary key (city_id, id)
) strict, without rowid;
create index login_codes_email on login_codes (city_id, email, made_at);

create table login_locks (
  city_id      text not null,
  email_hash   blob not null,
  failures     integer not null,
  failed_at    integer not null,
  locked_until integer not null,
  primary key (city_id, email_hash)
) strict, without rowid;

create table outbox_messages_new (
  city_id    text not null,
  id         text not null,
  key        text not null,
  kind       text not null check (kind in ('receipt', 'page_alarm', 'login_code', 'login_news', 'town_warning', 'breach_notice', 'payee_news')),
  recipient  text not null,
  language   text not null,
  content    text not null,
  state      text not null check (state in ('queued', 'sending', 'sent', 'undeliverable')),
  attempts   integer not null,
  next_at    integer not null,
  queued_at  integer not null,
  settled_at integer not null,
  primary key (city_id, id)
) strict;

insert into outbox_messages_new (city_id, id, key, kind, recipient, language, content, state, attempts, next_at, queued_at, settled_at)
  select city_id, id, key, kind, recipient, language, content, state, attempts, next_at, queued_at, settled_at from outbox_messages;
drop table outbox_messages;
alter table outbox_messages_new rename to outbox_messages;

create unique index outbox_messages_once on outbox_messages (city_id, key);
create index outbox_messages_due on outbox_messages (city_id, next_at) where state in ('queued', 'sending');
