alter table posting_batches add column posted_at integer;
alter table posting_batches add column delivered_at integer;
update posting_batches set posted_at = acknowledged_at, delivered_at = created_at;
alter table posting_lines add column refused_at integer;
alter table posting_lines add column settled_at integer;
create index posting_lines_refused on posting_lines (city_id, refused_at) where refused_at is not null and settled_at is null;
