create table mailings (
  city_id text not null,
  incident text not null,
  number bigint not null check (number > 0),
  kind text not null check (kind in ('exposed', 'information')),
  round text not null check (round in ('first', 'again')),
  revision bigint not null,
  content text not null check (content <> ''),
  terms text not null,
  state text not null check (state in ('preparing', 'ready', 'posted')),
  letters bigint not null,
  first_serial bigint not null,
  made_at bigint not null,
  made_by text not null,
  posted_on text,
  evidence text not null,
  primary key (city_id, incident, number)
);

create table mailing_letters (
  city_id text not null,
  incident text not null,
  content text not null,
  person text not null,
  number bigint not null check (number > 0),
  name text not null,
  residence text not null,
  language text not null,
  utility_accounts text not null,
  primary key (city_id, incident, content, person)
);
create unique index mailing_letters_number on mailing_letters (city_id, number);

create table mailing_postings (
  city_id text not null,
  number bigint not null,
  posting bigint not null check (posting > 0),
  incident text not null,
  mailing bigint not null,
  address text not null,
  returned_on text,
  why text not null,
  corrected text not null,
  primary key (city_id, number, posting)
);
create index mailing_postings_mailing on mailing_postings (city_id, incident, mailing);

create table mailing_codes (
  city_id text not null,
  incident text not null,
  place bigint not null check (place > 0),
  digest text not null,
  sealed bytea not null,
  person text,
  handed_at bigint not null,
  primary key (city_id, incident, place)
);
create unique index mailing_codes_digest on mailing_codes (city_id, incident, digest);
create unique index mailing_codes_person on mailing_codes (city_id, incident, person);
select clearwell_guard('mailings');
select clearwell_guard('mailing_letters');
select clearwell_guard('mailing_postings');
select clearwell_guard('mailing_codes');
