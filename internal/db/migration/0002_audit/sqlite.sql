create table audit_unsealed (
  city_id     text not null,
  id          text not null,
  recorded_at integer not null,
  actor       text not null,
  action      text not null,
  thing       text not null,
  detail      text not null,
  primary key (city_id, id)
) strict, without rowid;

create table audit_events (
  city_id     text not null,
  leaf_index  integer not null,
  id          text not null,
  recorded_at integer not null,
  actor       text not null,
  action      text not null,
  thing       text not null,
  detail      text not null,
  primary key (city_id, leaf_index)
) strict, without rowid;
create unique index audit_events_by_id on audit_events (city_id, id);
create index audit_events_by_thing on audit_events (city_id, thing);

create table audit_hashes (
  city_id    text not null,
  hash_index integer not null,
  hash       blob not null,
  event_id   text not null,
  primary key (city_id, hash_index)
) strict, without rowid;

create table audit_checkpoints (
  city_id   text not null,
  tree_size integer not null,
  note      text not null,
  primary key (city_id, tree_size)
) strict, without rowid;
