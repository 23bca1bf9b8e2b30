create table notices (
  city_id text not null,
  number bigint not null check (number > 0),
  incident text not null,
  revision bigint not null,
  facts text not null,
  published_at bigint not null,
  published_by text not null,
  withdrawn_at bigint not null,
  withdrawn_by text not null,
  primary key (city_id, number)
);

create table notice_bills (
  city_id text not null,
  incident text not null,
  revision bigint not null,
  utility_account text not null,
  holders bigint not null,
  payers bigint not null,
  primary key (city_id, incident, revision, utility_account)
);
select clearwell_guard('notices');
select clearwell_guard('notice_bills');
