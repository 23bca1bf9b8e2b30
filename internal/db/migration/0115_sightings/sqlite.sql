create table sightings (
  city_id       text not null,
  id            text not null,
  shape         text not null,
  kind          text not null check (kind in ('policy', 'trusted_types', 'integrity')),
  origin        text not null check (origin in ('page', 'extension')),
  directive     text not null,
  blocked       text not null,
  source        text not null,
  page          text not null,
  release       text not null,
  page_manifest text not null,
  sample        text not null,
  networks      text not null,
  reports       integer not null check (reports > 0),
  first_at      integer not null,
  last_at       integer not null,
  alarmed_at    integer not null,
  primary key (city_id, id)
) strict, without rowid;
create unique index sightings_shape on sightings (city_id, shape);
create index sightings_first_at on sightings (city_id, first_at);
