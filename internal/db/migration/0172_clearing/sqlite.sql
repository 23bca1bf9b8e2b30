create table clearing_entries (
  city_id text not null,
  id text not null,
  kind text not null check (kind in ('debit', 'retry', 'prenote')),
  class text not null check (class in ('WEB', 'TEL', 'PPD', 'CCD')),
  bank_id text not null,
  amount_cents integer not null check (amount_cents >= 0 and (amount_cents = 0) = (kind = 'prenote')),
  reference text not null,
  recurring integer not null check (recurring in (0, 1)),
  accepted_at integer not null,
  not_before text not null,
  tries integer not null check (tries between 1 and 9),
  origin_id text not null,
  state text not null check (state in ('waiting', 'filed', 'settled', 'returned', 'cancelled')),
  state_at integer not null,
  file_number integer not null,
  trace integer not null,
  settles_on text not null,
  code text not null,
  primary key (city_id, id)
) strict;
create index clearing_entries_waiting on clearing_entries (city_id, accepted_at) where state = 'waiting';
create index clearing_entries_trace on clearing_entries (city_id, trace) where trace > 0;
create index clearing_entries_file on clearing_entries (city_id, file_number, trace) where file_number > 0;
create index clearing_entries_bank on clearing_entries (city_id, bank_id);
create index clearing_entries_settles on clearing_entries (city_id, settles_on) where settles_on <> '';

create table clearing_files (
  city_id text not null,
  number integer not null check (number > 0),
  made_on text not null,
  modifier text not null check (length(modifier) = 1),
  settles_on text not null,
  planned_at integer not null,
  first_trace integer not null,
  entries integer not null check (entries > 0),
  state text not null check (state in ('planned', 'made', 'delivered', 'acknowledged', 'refused')),
  state_at integer not null,
  debit_cents integer not null,
  credit_cents integer not null,
  entry_hash integer not null,
  digest text not null,
  sealed blob not null,
  primary key (city_id, number)
) strict;
create unique index clearing_files_day on clearing_files (city_id, made_on, modifier);

create table clearing_answers (
  city_id text not null,
  id text not null,
  message_id text not null,
  kind text not null check (kind in ('return', 'correction', 'other')),
  code text not null,
  original_trace text not null,
  amount_cents integer not null,
  entry_id text not null,
  heard_at integer not null,
  heard_on text not null,
  outcome text not null check (outcome in ('applied', 'unknown', 'differs', 'not_applied')),
  primary key (city_id, id)
) strict;
create index clearing_answers_heard on clearing_answers (city_id, heard_on);
create index clearing_answers_entry on clearing_answers (city_id, entry_id);
