alter table holds drop constraint holds_kind_check;
alter table holds add constraint holds_kind_check
  check (kind in ('card_entry', 'all_payments', 'autopay', 'refunds', 'late_fees', 'shut_offs'));
alter table holds add column by_two bigint not null default 0 check (by_two in (0, 1));
alter table holds alter column by_two drop default;
