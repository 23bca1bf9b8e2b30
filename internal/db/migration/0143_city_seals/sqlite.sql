create table city_seals (
  city_id text    not null,
  version integer not null check (version > 0),
  seal    text    not null check (length(seal) = 64),
  primary key (city_id, version, seal)
) strict, without rowid;
