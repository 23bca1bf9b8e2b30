create table settings_versions (
  city_id  text    not null,
  version  integer not null check (version > 0),
  taken_at integer not null,
  taken_by text    not null check (taken_by <> ''),
  request  text    not null,
  settings text    not null,
  digest   text    not null check (length(digest) = 64),
  seal     text    not null check (length(seal) = 64),
  primary key (city_id, version)
) strict;

create trigger settings_versions_stay before update on settings_versions
begin select raise(abort, 'settings are never changed'); end;
create trigger settings_versions_remain before delete on settings_versions
begin select raise(abort, 'settings are never deleted'); end;
