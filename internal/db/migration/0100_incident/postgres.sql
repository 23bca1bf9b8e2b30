create table incidents (
  city_id text not null,
  name text not null,
  title text not null,
  opened_at bigint not null,
  opened_by text not null,
  primary key (city_id, name)
);

create table incident_revisions (
  city_id text not null,
  incident text not null,
  number bigint not null check (number > 0),
  scope text not null,
  note text not null,
  made_at bigint not null,
  made_by text not null,
  state text not null check (state in ('open', 'freezing', 'frozen')),
  people bigint not null,
  households bigint not null,
  occasions bigint not null,
  digest text not null,
  as_of_at bigint not null,
  frozen_at bigint not null,
  frozen_by text not null,
  primary key (city_id, incident, number)
);

create table incident_people (
  city_id text not null,
  incident text not null,
  revision bigint not null,
  place bigint not null,
  person text not null,
  household text not null,
  kind text not null check (kind in ('holder', 'payer', 'unknown')),
  name text not null,
  address_then text not null,
  now_1 text not null,
  now_2 text not null,
  now_city text not null,
  now_state text not null,
  now_zip text not null,
  email text not null,
  phone text not null,
  language text not null,
  residence text not null,
  utility_accounts text not null,
  occasions bigint not null,
  first_on text not null,
  last_on text not null,
  links text not null,
  marks text not null,
  reasons text not null,
  primary key (city_id, incident, revision, place)
);
create unique index incident_people_once on incident_people (city_id, incident, revision, person);

create table incident_members (
  city_id text not null,
  incident text not null,
  revision bigint not null,
  place bigint not null,
  exposure_id text not null,
  primary key (city_id, incident, revision, place, exposure_id)
);

create table incident_facts (
  city_id text not null,
  incident text not null,
  number bigint not null check (number > 0),
  fact text not null check (fact in
    ('vendor_knew', 'discovered', 'determined', 'told', 'recovered', 'delay_from', 'delay_until', 'cost')),
  happened_on text,
  happened_at bigint not null,
  cost_cents bigint not null,
  evidence text not null check (evidence <> ''),
  recorded_at bigint not null,
  recorded_by text not null,
  primary key (city_id, incident, number)
);

create table incident_told (
  city_id text not null,
  incident text not null,
  person text not null,
  content text not null check (content <> ''),
  way text not null,
  revision bigint not null,
  told_at bigint not null,
  told_by text not null,
  primary key (city_id, incident, person, content)
);
select clearwell_guard('incidents');
select clearwell_guard('incident_revisions');
select clearwell_guard('incident_people');
select clearwell_guard('incident_members');
select clearwell_guard('incident_facts');
select clearwell_guard('incident_told');
