create table settings_versions (
  city_id  text   not null,
  version  bigint not null check (version > 0),
  taken_at bigint not null,
  taken_by text   not null check (taken_by <> ''),
  request  text   not null,
  settings text   not null,
  digest   text   not null check (length(digest) = 64),
  seal     text   not null check (length(seal) = 64),
  primary key (city_id, version)
);
select clearwell_guard('settings_versions');

create function settings_versions_stay() returns trigger language plpgsql as $$
begin
  raise exception 'settings are never changed or deleted';
end $$;
create trigger settings_versions_stay before update or delete on settings_versions
  for each row execute function settings_versions_stay();
