create table utility_accounts (
  city_id            text not null,
  number             text not null,
  display            text not null,
  name               text not null,
  service_address    text not null,
  zip                text not null,
  mailing_1          text not null,
  mailing_2          text not null,
  mailing_city       text not null,
  mailing_state      text not null,
  mailing_zip        text not null,
  service            text not null,
  balance_cents      bigint not null,
  current_cents      bigint not null,
  past_due_cents     bigint not null,
  due_on             text,
  balance_as_of_at   bigint not null,
  billed_on          text,
  bill_number        text not null,
  shut_off_on        text,
  shut_off_cents     bigint,
  last_payment_cents bigint,
  load_id            text not null,
  primary key (city_id, number)
);
select clearwell_guard('utility_accounts');

create table bills (
  city_id        text not null,
  number         text not null,
  bill_number    text not null,
  service        text not null,
  billed_on      text,
  due_on         text,
  from_on        text,
  to_on          text,
  amount_cents   bigint not null,
  current_cents  bigint,
  past_due_cents bigint,
  previous_cents bigint,
  load_id        text not null,
  primary key (city_id, number, bill_number)
);
select clearwell_guard('bills');

create table readings (
  city_id        text not null,
  number         text not null,
  meter          text not null,
  read_on        text not null,
  service        text not null,
  reading_milli  bigint,
  previous_on    text,
  previous_milli bigint,
  usage_milli    bigint,
  units          text not null,
  bill_number    text not null,
  load_id        text not null,
  primary key (city_id, number, meter, read_on)
);
select clearwell_guard('readings');

create table returned_payments (
  city_id     text not null,
  number      text not null,
  reference   text not null,
  returned_on text not null,
  tender      text not null,
  code        text not null,
  primary key (city_id, number, reference)
);
select clearwell_guard('returned_payments');

create table staged_rows (
  city_id            text not null,
  load_id            text not null,
  line               bigint not null,
  number             text not null,
  display            text not null,
  name               text not null,
  service_address    text not null,
  zip                text not null,
  mailing_1          text not null,
  mailing_2          text not null,
  mailing_city       text not null,
  mailing_state      text not null,
  mailing_zip        text not null,
  service            text not null,
  bill_number        text not null,
  billed_on          text,
  due_on             text,
  from_on            text,
  to_on              text,
  amount_cents       bigint,
  current_cents      bigint,
  past_due_cents     bigint,
  previous_cents     bigint,
  last_payment_cents bigint,
  shut_off_on        text,
  shut_off_cents     bigint,
  meter              text not null,
  read_on            text,
  reading_milli      bigint,
  previous_on        text,
  previous_milli     bigint,
  usage_milli        bigint,
  units              text not null,
  primary key (city_id, load_id, line)
);
select clearwell_guard('staged_rows');
