create table holds_anew (
  city_id         text not null,
  id              text not null,
  kind            text not null check (kind in ('card_entry', 'all_payments', 'autopay', 'refunds', 'late_fees', 'shut_offs')),
  scope_service   text not null,
  scope_processor text not null,
  scope_release   text not null,
  reason          text not null check (reason <> ''),
  thrown_by       text not null,
  thrown_at       integer not null,
  until_at        integer not null,
  by_two          integer not null check (by_two in (0, 1)),
  lifted_at       integer not null,
  lifted_by       text not null,
  lift_reason     text not null,
  primary key (city_id, id)
) strict;

insert into holds_anew (city_id, id, kind, scope_service, scope_processor, scope_release, reason, thrown_by, thrown_at, until_at, by_two, lifted_at, lifted_by, lift_reason)
  select city_id, id, kind, scope_service, scope_processor, scope_release, reason, thrown_by, thrown_at, until_at, 0, lifted_at, lifted_by, lift_reason from holds;
drop table holds;
alter table holds_anew rename to holds;
create index holds_standing on holds (city_id) where lifted_at = 0;
