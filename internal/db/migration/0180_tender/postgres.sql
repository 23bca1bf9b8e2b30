alter table payments add column tender text not null default 'card' check (tender in ('card', 'bank_account', 'cash', 'check', 'money_order'));
