create table audit_unsealed (
  city_id     text not null,
  id          text not null,
  recorded_at bigint not null,
  actor       text not null,
  action      text not null,
  thing       text not null,
  detail      text not null,
  primary key (city_id, id)
);
select clearwell_guard('audit_unsealed');

create table audit_events (
  city_id     text not null,
  leaf_index  bigint not null,
  id          text not null,
  recorded_at bigint not null,
  actor       text not null,
  action      text not null,
  thing       text not null,
  detail      text not null,
  primary key (city_id, leaf_index)
);
select clearwell_guard('audit_events');
create unique index audit_events_by_id on audit_events (city_id, id);
create index audit_events_by_thing on audit_events (city_id, thing);

create table audit_hashes (
  city_id    text not null,
  hash_index bigint not null,
  hash       bytea not null,
  event_id   text not null,
  primary key (city_id, hash_index)
);
select clearwell_guard('audit_hashes');

create table audit_checkpoints (
  city_id   text not null,
  tree_size bigint not null,
  note      text not null,
  primary key (city_id, tree_size)
);
select clearwell_guard('audit_checkpoints');
