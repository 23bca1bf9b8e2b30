create table incident_closings (
  city_id     text not null,
  incident    text not null,
  number      integer not null check (number > 0),
  act         text not null check (act in ('closed', 'reopened')),
  reason      text not null check (reason <> ''),
  digest      text not null,
  recorded_at integer not null,
  recorded_by text not null,
  primary key (city_id, incident, number)
) strict;
