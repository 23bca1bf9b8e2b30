create table cities (
  city_id text    not null primary key,
  version integer not null check (version > 0)
) strict, without rowid;

create table city_versions (
  city_id    text    not null,
  version    integer not null check (version > 0),
  applied_at integer not null,
  applied_by text    not null check (applied_by <> ''),
  digest     text    not null check (length(digest) = 64),
  file       text    not null,
  primary key (city_id, version)
) strict;

create trigger city_versions_stay before update on city_versions
begin select raise(abort, 'city versions are never changed'); end;
create trigger city_versions_remain before delete on city_versions
begin select raise(abort, 'city versions are never deleted'); end;

create table city_addresses (
  city_id text not null,
  address text not null,
  primary key (city_id, address)
) strict, without rowid;

create unique index city_addresses_once on city_addresses (address);
