create table imports (
  city_id     text not null,
  id          text not null,
  layout      text not null,
  digest      text not null,
  state       text not null check (state in ('staging', 'applied')),
  actor       text not null,
  began_at    bigint not null,
  touched_at  bigint not null,
  as_of_at    bigint not null,
  staged_line bigint not null,
  applied_at  bigint,
  row_count   bigint not null,
  accepted    bigint not null,
  skipped     bigint not null,
  refused     bigint not null,
  sum_cents   bigint not null,
  primary key (city_id, id)
);
select clearwell_guard('imports');
create unique index imports_by_file on imports (city_id, layout, digest);

create table posting_batches (
  city_id            text not null,
  business_on        text not null,
  sequence           bigint not null,
  layout             text not null,
  zone               text not null,
  digest             text not null,
  line_count         bigint not null,
  total_cents        bigint not null,
  created_at         bigint not null,
  acknowledge_due_at bigint not null,
  acknowledged_at    bigint,
  acknowledged_by    text not null,
  primary key (city_id, business_on, sequence)
);
select clearwell_guard('posting_batches');
create index posting_batches_open on posting_batches (city_id, acknowledge_due_at) where acknowledged_at is null;

create table posting_lines (
  city_id         text not null,
  confirmation    text not null,
  business_on     text not null,
  sequence        bigint not null,
  position        bigint not null,
  kind            text not null check (kind in ('payment', 'reversal')),
  number          text not null,
  written_number  text not null,
  bill_number     text not null,
  service         text not null,
  amount_cents    bigint not null,
  fee_cents       bigint not null,
  paid_at         bigint not null,
  tender          text not null,
  channel         text not null,
  primary key (city_id, confirmation)
);
select clearwell_guard('posting_lines');
create unique index posting_lines_by_file on posting_lines (city_id, business_on, sequence, position);
