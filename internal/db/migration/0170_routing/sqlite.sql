create table routing_numbers (
  city_id text not null,
  number text not null check (length(number) = 9),
  sends_to text not null check (length(sends_to) = 9),
  bank text not null,
  place text not null,
  changed_on text not null,
  listed integer not null check (listed in (0, 1)),
  primary key (city_id, number)
) strict, without rowid;

create table routing_directories (
  city_id text not null,
  digest text not null,
  taken_at integer not null,
  taken_by text not null,
  numbers integer not null check (numbers > 0),
  primary key (city_id, digest)
) strict, without rowid;
