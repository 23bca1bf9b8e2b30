create table outbox_messages_new (
  city_id    text not null,
  id         text not null,
  key        text not null,
  kind       text not null check (kind in ('receipt', 'page_alarm', 'login_code', 'login_news', 'town_warning', 'breach_notice', 'payee_news', 'payment_returned')),
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
