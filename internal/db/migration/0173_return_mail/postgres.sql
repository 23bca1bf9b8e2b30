alter table outbox_messages drop constraint outbox_messages_kind_check;
alter table outbox_messages add constraint outbox_messages_kind_check check (kind in ('receipt', 'page_alarm', 'login_code', 'login_news', 'town_warning', 'breach_notice', 'payee_news', 'payment_returned'));
