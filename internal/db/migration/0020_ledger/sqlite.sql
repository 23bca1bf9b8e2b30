create table ledger_entries (
  city_id text not null,
  source_id text not null,
  line integer not null,
  stage integer not null check (stage in (1, 2)),
  phase text not null check (phase in ('pending', 'posted', 'voided')),
  entered_at integer not null,
  business_on text not null,
  debit text not null,
  credit text not null check (credit <> debit),
  amount_cents integer not null check (amount_cents > 0),
  cause text not null,
  primary key (city_id, source_id, line, stage),
  check ((stage = 1) = (phase = 'pending'))
) strict, without rowid;

create trigger ledger_entries_stay before update on ledger_entries
begin select raise(abort, 'ledger entries are never changed'); end;
create trigger ledger_entries_remain before delete on ledger_entries
begin select raise(abort, 'ledger entries are never deleted'); end;
