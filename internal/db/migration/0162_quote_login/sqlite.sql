alter table payment_quotes add column login_id text not null default '';
