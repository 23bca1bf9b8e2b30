create table routing_numbers (
  city_id text not null,
  number text not null check (length(number) = 9),
  sends_to text not null check (length(sends_to) = 9),
  bank text not null,
  place text not null,
  changed_on text not null,
  listed bigint not null check (listed in (0, 1)),
  primary key (city_id, number)
);
select clearwell_guard('routing_numbers');

create table routing_directories (
  city_id text not null,
  digest text not null,
  taken_at bigint not null,
  taken_by text not null,
  numbers bigint not null check (numbers > 0),
  primary key (city_id, digest)
);
select clearwell_guard('routing_directories');
