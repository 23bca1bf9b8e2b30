create table till_drawers (
  city_id text not null,
  drawer text not null check (drawer <> ''),
  next_number integer not null check (next_number > 0),
  primary key (city_id, drawer)
) strict, without rowid;

create table till_sessions (
  city_id text not null,
  id text not null,
  drawer text not null,
  cashier text not null check (cashier <> ''),
  state text not null check (state in ('open', 'balanced', 'approved', 'rejected', 'closed')),
  state_at integer not null,
  business_on text not null,
  opened_at integer not null,
  float_cents integer not null check (float_cents >= 0),
  counted_by text not null,
  cash_over_cents integer not null,
  check_over_cents integer not null,
  order_over_cents integer not null,
  decided_by text not null,
  reason text not null,
  closed_by text not null,
  primary key (city_id, id)
) strict, without rowid;

create unique index till_sessions_one on till_sessions (city_id, drawer) where state <> 'closed';
create index till_sessions_business_on on till_sessions (city_id, business_on);

create table till_receipts (
  city_id text not null,
  id text not null,
  session_id text not null,
  drawer text not null,
  number integer not null check (number > 0),
  key text not null check (key <> ''),
  digest text not null,
  rung_at integer not null,
  total_cents integer not null check (total_cents > 0),
  change_cents integer not null check (change_cents >= 0),
  undone text not null check (undone in ('', 'voided', 'reversed')),
  undone_at integer not null,
  undone_by text not null,
  seconded_by text not null,
  reason text not null,
  primary key (city_id, id)
) strict, without rowid;

create unique index till_receipts_number on till_receipts (city_id, drawer, number);
create unique index till_receipts_key on till_receipts (city_id, key);
create index till_receipts_session on till_receipts (city_id, session_id);

create table till_tenders (
  city_id text not null,
  receipt_id text not null,
  position integer not null,
  tender text not null check (tender in ('cash', 'check', 'money_order')),
  amount_cents integer not null check (amount_cents > 0),
  check_number text not null,
  routing text not null,
  last4 text not null check (length(last4) <= 4),
  primary key (city_id, receipt_id, position)
) strict, without rowid;

create table till_parts (
  city_id text not null,
  receipt_id text not null,
  position integer not null,
  session_id text not null,
  utility_account text not null,
  tender text not null check (tender in ('cash', 'check', 'money_order')),
  ledger_account text not null,
  amount_cents integer not null check (amount_cents > 0),
  payment_id text not null,
  primary key (city_id, receipt_id, position)
) strict, without rowid;

create unique index till_parts_payment on till_parts (city_id, payment_id);
create index till_parts_session on till_parts (city_id, session_id);

create table till_refused_keys (
  city_id text not null,
  key text not null,
  refused_at integer not null,
  refused_by text not null,
  primary key (city_id, key)
) strict, without rowid;

create table till_drops (
  city_id text not null,
  session_id text not null,
  number integer not null check (number > 0),
  dropped_at integer not null,
  dropped_by text not null,
  witness text not null check (witness <> '' and witness <> dropped_by),
  amount_cents integer not null check (amount_cents > 0),
  primary key (city_id, session_id, number)
) strict, without rowid;

create table till_pieces (
  city_id text not null,
  session_id text not null,
  count_number integer not null,
  denomination_cents integer not null check (denomination_cents > 0),
  pieces integer not null check (pieces > 0),
  primary key (city_id, session_id, count_number, denomination_cents)
) strict, without rowid;

create table till_counts (
  city_id text not null,
  session_id text not null,
  number integer not null,
  counted_at integer not null,
  counted_by text not null,
  cash_cents integer not null,
  check_cents integer not null,
  order_cents integer not null,
  primary key (city_id, session_id, number)
) strict, without rowid;
