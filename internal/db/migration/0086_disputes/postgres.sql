create table payment_disputes (
  city_id                text not null,
  payment_id             text not null,
  number                 bigint not null,
  notice_id              text not null,
  utility_account        text not null,
  state                  text not null check (state in ('open', 'won', 'lost')),
  amount_cents           bigint not null check (amount_cents > 0),
  principal_cents        bigint not null check (principal_cents between 1 and amount_cents),
  opened_at              bigint not null,
  opened_on              text not null,
  confirmation           text not null,
  acknowledged_at        bigint not null,
  decided_at             bigint not null,
  decided_on             text not null,
  return_confirmation    text not null,
  return_acknowledged_at bigint not null,
  primary key (city_id, payment_id, number)
);
select clearwell_guard('payment_disputes');
create unique index payment_disputes_confirmation on payment_disputes (city_id, confirmation);
create unique index payment_disputes_return on payment_disputes (city_id, return_confirmation);
create index payment_disputes_utility_account on payment_disputes (city_id, utility_account);
create index payment_disputes_opened_on on payment_disputes (city_id, opened_on);
create index payment_disputes_decided_on on payment_disputes (city_id, decided_on);

insert into payment_disputes (city_id, payment_id, number, notice_id, utility_account, state, amount_cents, principal_cents,
    opened_at, opened_on, confirmation, acknowledged_at, decided_at, decided_on, return_confirmation, return_acknowledged_at)
  select city_id, id, 1, '', utility_account, 'open', amount_cents + fee_cents, amount_cents,
    state_at, to_char(to_timestamp(state_at / 1000000.0) at time zone 'UTC', 'YYYY-MM-DD'), confirmation || '-R', 0, 0, '', confirmation || '-W', 0
  from payments where state = 'disputed';
