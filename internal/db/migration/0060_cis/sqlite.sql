create table imports (
  city_id     text not null,
  id          text not null,
  layout      text not null,
  digest      text not null,
  state       text not null check (state in ('staging', 'applied')),
  actor       text not null,
  began_at    integer not null,
  touched_at  integer not null,
  as_of_at    integer not null,
  staged_line integer not null,
  applied_at  integer,
  row_count   integer not null,
  accepted    integer not null,
  skipped     integer not null,
  refused     integer not null,
  sum_cents   integer not null,
  primary key (city_id, id)
) strict, without rowid;
create unique index imports_by_file on imports (city_id, layout, digest);

create table posting_batches (
  city_id            text not null,
  business_on        text not null,
  sequence           integer not null,
  layout             text not null,
  zone               text not null,
  digest             text not null,
  line_count         integer not null,
  total_cents        integer not null,
  created_at         integer not null,
  acknowledge_due_at integer not null,
  acknowledged_at    integer,
  acknowledged_by    text not null,
  primary key (city_id, business_on, sequence)
) strict, without rowid;
create index posting_batches_open on posting_batches (city_id, acknowledge_due_at) where acknowledged_at is null;

create table posting_lines (
  city_id         text not null,
  confirmation    text not null,
  business_on     text not null,
  sequence        integer not null,
  position        integer not null,
  kind            text not null check (kind in ('payment', 'reversal')),
  number          text not null,
  written_number  text not null,
  bill_number     text not null,
  service         text not null,
  amount_cents    integer not null,
  fee_cents       integer not null,
  paid_at         integer not null,
  tender          text not null,
  channel         text not null,
  primary key (city_id, confirmation)
) strict, without rowid;
create unique index posting_lines_by_file on posting_lines (city_id, business_on, sequence, position);
