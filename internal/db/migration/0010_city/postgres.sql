create table cities (
  city_id text   not null primary key,
  version bigint not null check (version > 0)
);
select clearwell_guard('cities');

create table city_versions (
  city_id    text   not null,
  version    bigint not null check (version > 0),
  applied_at bigint not null,
  applied_by text   not null check (applied_by <> ''),
  digest     text   not null check (length(digest) = 64),
  file       text   not null,
  primary key (city_id, version)
);
select clearwell_guard('city_versions');

create function city_versions_stay() returns trigger language plpgsql as $$
begin
  raise exception 'city versions are never changed or deleted';
end $$;
create trigger city_versions_stay before update or delete on city_versions
  for each row execute function city_versions_stay();

create table city_addresses (
  city_id text not null,
  address text not null,
  primary key (city_id, address)
);
select clearwell_guard('city_addresses');

create unique index city_addresses_once on city_addresses (address);
