create table incident_warnings (
  city_id     text not null,
  incident    text not null,
  number      integer not null check (number > 0),
  step        text not null check (step in ('known', 'sent', 'acknowledged', 'alarmed')),
  happened_at integer not null check (happened_at > 0),
  person      text not null,
  way         text not null,
  evidence    text not null check (evidence <> ''),
  recorded_at integer not null,
  recorded_by text not null,
  primary key (city_id, incident, number)
) strict;
