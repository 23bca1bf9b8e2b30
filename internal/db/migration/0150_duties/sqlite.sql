create table incident_duties (
  city_id     text not null,
  incident    text not null,
  number      integer not null check (number > 0),
  duty        text not null check (duty <> ''),
  act         text not null check (act in ('done', 'undone')),
  done_on     text,
  done_at     integer not null,
  done_by     text not null,
  evidence    text not null check (evidence <> ''),
  recorded_at integer not null,
  recorded_by text not null,
  primary key (city_id, incident, number),
  check ((act = 'done') = (done_on is not null))
) strict;
