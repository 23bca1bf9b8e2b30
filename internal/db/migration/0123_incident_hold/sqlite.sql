create table incident_holds (
  city_id         text not null,
  incident        text not null,
  number          integer not null check (number > 0),
  reason          text not null check (reason <> ''),
  scope_service   text not null,
  scope_processor text not null,
  scope_release   text not null,
  holds           text not null,
  visits_ended    integer not null,
  thrown_by       text not null,
  thrown_at       integer not null,
  rotated_at      integer not null,
  lifted_by       text not null,
  lifted_at       integer not null,
  primary key (city_id, incident, number)
) strict;

create unique index incident_holds_standing on incident_holds (city_id, incident) where lifted_at = 0;
