create table ledger_entries (
  city_id text not null,
  source_id text not null,
  line bigint not null,
  stage bigint not null check (stage in (1, 2)),
  phase text not null check (phase in ('pending', 'posted', 'voided')),
  entered_at bigint not null,
  business_on text not null,
  debit text not null,
  credit text not null check (credit <> debit),
  amount_cents bigint not null check (amount_cents > 0),
  cause text not null,
  primary key (city_id, source_id, line, stage),
  check ((stage = 1) = (phase = 'pending'))
);
select clearwell_guard('ledger_entries');

create function ledger_entries_stay() returns trigger language plpgsql as $$
begin
  raise exception 'ledger entries are never changed or deleted';
end $$;
create trigger ledger_entries_stay before update or delete on ledger_entries
  for each row execute function ledger_entries_stay();
