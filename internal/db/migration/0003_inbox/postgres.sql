create table inbox_messages (
  city_id     text not null,
  id          text not null,
  source      text not null,
  external_id text not null,
  headers     text not null,
  body        bytea not null,
  received_at bigint not null,
  state       text not null check (state in ('pending', 'done', 'stuck')),
  attempts    bigint not null,
  next_at     bigint not null,
  settled_at  bigint not null,
  trouble     text not null,
  primary key (city_id, id)
);
select clearwell_guard('inbox_messages');

create unique index inbox_messages_once on inbox_messages (city_id, source, external_id);
create index inbox_messages_waiting on inbox_messages (city_id, next_at) where state = 'pending';

create table job_leases (
  city_id  text not null,
  name     text not null,
  holder   text not null,
  until_at bigint not null,
  primary key (city_id, name)
);
select clearwell_guard('job_leases');
