create table mailings (
  city_id text not null,
  incident text not null,
  number integer not null check (number > 0),
  kind text not null check (kind in ('exposed', 'information')),
  round text not null check (round in ('first', 'again')),
  revision integer not null,
  content text not null check (content <> ''),
  terms text not null,
  state text not null check (state in ('preparing', 'ready', 'posted')),
  letters integer not null,
  first_serial integer not null,
  made_at integer not null,
  made_by text not null,
  posted_on text,
  evidence text not null,
  primary key (city_id, incident, number)
) strict;

create table mailing_letters (
  city_id text not null,
  incident text not null,
  content text not null,
  person text not null,
  number integer not null check (number > 0),
  name text not null,
  residence text not null,
  language text not null,
  utility_accounts text not null,
  primary key (city_id, incident, content, person)
) strict;
create unique index mailing_letters_number on mailing_letters (city_id, number);

create table mailing_postings (
  city_id text not null,
  number integer not null,
  posting integer not null check (posting > 0),
  incident text not null,
  mailing integer not null,
  address text not null,
  returned_on text,
  why text not null,
  corrected text not null,
  primary key (city_id, number, posting)
) strict;
create index mailing_postings_mailing on mailing_postings (city_id, incident, mailing);

create table mailing_codes (
  city_id text not null,
  incident text not null,
  place integer not null check (place > 0),
  digest text not null,
  sealed blob not null,
  person text,
  handed_at integer not null,
  primary key (city_id, incident, place)
) strict;
create unique index mailing_codes_digest on mailing_codes (city_id, incident, digest);
create unique index mailing_codes_person on mailing_codes (city_id, incident, person);
