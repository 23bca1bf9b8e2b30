create table notices (
  city_id text not null,
  number integer not null check (number > 0),
  incident text not null,
  revision integer not null,
  facts text not null,
  published_at integer not null,
  published_by text not null,
  withdrawn_at integer not null,
  withdrawn_by text not null,
  primary key (city_id, number)
) strict;

create table notice_bills (
  city_id text not null,
  incident text not null,
  revision integer not null,
  utility_account text not null,
  holders integer not null,
  payers integer not null,
  primary key (city_id, incident, revision, utility_account)
) strict;
