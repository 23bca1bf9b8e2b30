alter table payments add column looked_at integer not null default 0;
update payments set looked_at = state_at;
drop index payments_undecided;
create index payments_undecided on payments (looked_at)
  where state in ('asking', 'away', 'unknown', 'declined');
