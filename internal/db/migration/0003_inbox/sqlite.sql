create table inbox_messages (
  city_id     text not null,
  id          text not null,
  source      text not null,
  external_id text not null,
  headers     text not null,
  body        blob not null,
  received_at integer not null,
  state       text not null check (state in ('pending', 'done', 'stuck')),
  attempts    integer not null,
  next_at     integer not null,
  settled_at  integer not null,
  trouble     text not null,
  primary key (city_id, id)
) strict;

create unique index inbox_messages_once on inbox_messages (city_id, source, external_id);
create index inbox_messages_waiting on inbox_messages (city_id, next_at) where state = 'pending';

create table job_leases (
  city_id  text not null,
  name     text not null,
  holder   text not null,
  until_at integer not null,
  primary key (city_id, name)
) strict, without rowid;
