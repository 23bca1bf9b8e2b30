create index exposures_by_day on exposures (city_id, business_on);

create table exposure_days (
  city_id text not null,
  business_on text not null,
  changes integer not null,
  changed_at integer not null,
  tallied integer not null,
  tally blob not null default x'',
  primary key (city_id, business_on)
) strict;
