create table outbox_messages (
  city_id    text not null,
  id         text not null,
  key        text not null,
  kind       text not null check (kind in ('receipt')),
  recipient  text not null,
  language   text not null,
  content    text not null,
  state      text not null check (state in ('queued', 'sending', 'sent', 'undeliverable')),
  attempts   bigint not null,
  next_at    bigint not null,
  queued_at  bigint not null,
  settled_at bigint not null,
  primary key (city_id, id)
);
select clearwell_guard('outbox_messages');

create unique index outbox_messages_once on outbox_messages (city_id, key);
create index outbox_messages_due on outbox_messages (city_id, next_at) where state in ('queued', 'sending');

create table outbox_deliveries (
  city_id    text not null,
  message_id text not null,
  attempt    bigint not null,
  tried_at   bigint not null,
  outcome    text not null check (outcome in ('sent', 'put_off', 'undeliverable')),
  detail     text not null,
  primary key (city_id, message_id, attempt)
);
select clearwell_guard('outbox_deliveries');
