create table holds (
  city_id         text not null,
  id              text not null,
  kind            text not null check (kind in ('card_entry', 'all_payments', 'autopay', 'refunds')),
  scope_service   text not null,
  scope_processor text not null,
  scope_release   text not null,
  reason          text not null check (reason <> ''),
  thrown_by       text not null,
  thrown_at       bigint not null,
  until_at        bigint not null,
  lifted_at       bigint not null,
  lifted_by       text not null,
  lift_reason     text not null,
  primary key (city_id, id)
);
select clearwell_guard('holds');

create index holds_standing on holds (city_id) where lifted_at = 0;
