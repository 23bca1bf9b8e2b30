create table payment_quotes (
  city_id text not null,
  id text not null,
  quoted_at integer not null,
  expires_at integer not null,
  utility_account text not null,
  service text not null,
  department text not null,
  channel text not null,
  amount_cents integer not null check (amount_cents > 0),
  owed_cents integer not null,
  policy_version text not null,
  language text not null,
  payer_name text not null,
  payer_address text not null,
  payer_email text not null,
  payer_phone text not null,
  exposure_id text not null,
  capture_path text not null,
  token text not null,
  card_brand text not null check (length(card_brand) <= 20),
  card_last4 text not null check (length(card_last4) <= 4),
  card_funding text not null,
  card_entry text not null,
  card_fingerprint text not null,
  primary key (city_id, id)
) strict, without rowid;

create table payments (
  city_id text not null,
  id text not null,
  state text not null check (state in
    ('asking', 'away', 'unknown', 'approved', 'declined', 'lapsed', 'disputed')),
  state_at integer not null,
  started_at integer not null,
  business_on text not null,
  utility_account text not null,
  service text not null,
  channel text not null,
  amount_cents integer not null check (amount_cents > 0),
  fee_cents integer not null check (fee_cents >= 0),
  confirmation text not null,
  policy_version text not null,
  processor text not null,
  merchant text not null,
  attempt_id text not null,
  attempt_number integer not null,
  exposure_id text not null,
  capture_path text not null,
  card_brand text not null check (length(card_brand) <= 20),
  card_last4 text not null check (length(card_last4) <= 4),
  card_funding text not null,
  card_entry text not null,
  card_fingerprint text not null,
  payer_name text not null,
  payer_address text not null,
  payer_email text not null,
  payer_phone text not null,
  language text not null,
  acknowledged_at integer not null,
  primary key (city_id, id)
) strict, without rowid;

create unique index payments_confirmation on payments (city_id, confirmation);
create index payments_utility_account on payments (city_id, utility_account, started_at);
create index payments_business_on on payments (city_id, business_on);
create index payments_undecided on payments (state_at)
  where state in ('asking', 'away', 'unknown', 'declined');

create table payment_attempts (
  city_id text not null,
  id text not null,
  payment_id text not null,
  number integer not null,
  asked_at integer not null,
  processor text not null,
  token text not null,
  total_cents integer not null check (total_cents > 0),
  capture_path text not null,
  decided_at integer not null,
  decision text not null check (decision in ('', 'approved', 'declined', 'lapsed')),
  reference text not null,
  decline_family text not null,
  decline_code text not null,
  network_transaction_id text not null,
  primary key (city_id, id)
) strict, without rowid;
