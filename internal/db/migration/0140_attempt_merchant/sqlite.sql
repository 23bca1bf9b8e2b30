alter table payment_attempts add column merchant text not null default '';
