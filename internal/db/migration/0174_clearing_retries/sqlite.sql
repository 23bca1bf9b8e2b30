create index clearing_entries_retried on clearing_entries (city_id, settles_on) where kind = 'retry' and state = 'filed';
