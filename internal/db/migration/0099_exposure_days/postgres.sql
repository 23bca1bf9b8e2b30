create index exposures_by_day on exposures (city_id, business_on, id);

create table exposure_days (
  city_id text not null,
  business_on text not null,
  changes bigint not null,
  changed_at bigint not null,
  tallied bigint not null,
  tally bytea not null default '',
  primary key (city_id, business_on)
);
alter table exposure_days alter column tally set storage external;
select clearwell_guard('exposure_days');
