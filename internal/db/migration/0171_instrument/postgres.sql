create table bank_accounts (
  city_id text not null,
  id text not null,
  owner text not null,
  holder text not null,
  kind text not null check (kind in ('checking', 'savings')),
  held_by text not null check (held_by in ('person', 'business')),
  routing text not null check (length(routing) = 9),
  bank text not null,
  sealed bytea not null,
  last4 text not null check (length(last4) <= 4),
  fingerprint text not null,
  state text not null check (state in ('live', 'refused', 'removed')),
  state_at bigint not null,
  reason text not null,
  saved_at bigint not null,
  corrected_at bigint not null,
  primary key (city_id, id)
);
select clearwell_guard('bank_accounts');

create index bank_accounts_owner on bank_accounts (city_id, owner);
create index bank_accounts_fingerprint on bank_accounts (city_id, fingerprint);
create index bank_accounts_removed on bank_accounts (city_id, state_at) where state = 'removed';
