create table city_waiting (
  city_id  text    not null,
  request  text    not null,
  base     integer not null check (base > 0),
  file     text    not null,
  digest   text    not null check (length(digest) = 64),
  told     text    not null check (told <> ''),
  begun_at integer not null,
  begun_by text    not null check (begun_by <> ''),
  due_at   integer not null check (due_at > begun_at),
  seal     text    not null check (length(seal) = 64),
  state    text    not null check (state in ('waiting', 'in_force', 'stopped', 'void')),
  ended_at integer not null,
  ended_by text    not null,
  reason   text    not null,
  primary key (city_id, request)
) strict;
create index city_waiting_due on city_waiting (city_id, due_at) where state = 'waiting';
