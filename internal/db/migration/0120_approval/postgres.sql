create table approvals (
  city_id     text not null,
  id          text not null,
  action      text not null check (action <> ''),
  content     text not null check (content <> ''),
  digest      text not null,
  asked_by    text not null,
  asked_at    bigint  not null,
  until_at    bigint  not null,
  state       text not null check (state in ('asked', 'approved', 'carried_out', 'withdrawn')),
  signed      text not null,
  approved_by text not null,
  approved_at bigint  not null,
  done_by     text not null,
  done_at     bigint  not null,
  primary key (city_id, id)
);
select clearwell_guard('approvals');
