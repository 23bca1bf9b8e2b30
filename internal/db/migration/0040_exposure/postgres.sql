create table exposures (
  city_id text not null,
  id text not null,
  shown_at bigint not null,
  business_on text not null,
  capture_path text not null check (capture_path in
    ('web_frame', 'processor_page', 'phone_keypad', 'counter_reader', 'staff_keyed', 'stored_token', 'bank_file')),
  flow text not null check (flow in
    ('one_time', 'autopay_enrolment', 'card_update', 'wallet_add', 'scheduled', 'autopay_run')),
  instrument text not null check (instrument in ('card', 'bank_account')),
  channel text not null,
  service text not null,
  department text not null,
  utility_account text not null,
  login_id text not null,
  processor text not null,
  page_manifest text not null,
  release text not null,
  node text not null,
  primary key (city_id, id)
);
select clearwell_guard('exposures');

create table exposure_outcomes (
  city_id text not null,
  exposure_id text not null,
  attempt_id text not null,
  outcome text not null check (outcome in ('submitted', 'approved', 'declined', 'abandoned')),
  occurred_at bigint not null,
  entry text not null check (entry in ('', 'typed', 'wallet', 'stored', 'reader')),
  brand text not null check (length(brand) <= 20),
  last4 text not null check (length(last4) <= 4),
  fingerprint text not null,
  processor_reference text not null,
  payer_name text not null,
  payer_address text not null,
  payer_email text not null,
  payer_phone text not null,
  primary key (city_id, exposure_id, attempt_id, outcome)
);
select clearwell_guard('exposure_outcomes');
