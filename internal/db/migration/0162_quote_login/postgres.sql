alter table payment_quotes add column login_id text not null default '';
alter table payment_quotes alter column login_id drop default;
