create table outbox_messages (
  city_id    text not null,
  id         text not null,
  key        text not null,
  kind       text not null check (kind in ('receipt')),
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

create unique index outbox_messages_once on outbox_messages (city_id, key);
create index outbox_messages_due on outbox_messages (city_id, next_at) where state in ('queued', 'sending');

create table outbox_deliveries (
  city_id    text not null,
  message_id text not null,
  attempt    integer not null,
  tried_at   integer not null,
  outcome    text not null check (outcome in ('sent', 'put_off', 'undeliverable')),
  detail     text not null,
  primary key (city_id, message_id, attempt)
) strict, without rowid;
