create table login_links (
  city_id         text not null,
  id              text not null,
  login_id        text not null,
  utility_account text not null,
  nickname        text not null check (length(nickname) <= 40),
  role            text not null check (role in ('full', 'pay', 'see')),
  given_by        text not null,
  until_on        text not null,
  made_at         bigint not null,
  ended_at        bigint not null,
  primary key (city_id, id)
);
select clearwell_guard('login_links');
create unique index login_links_once on login_links (city_id, login_id, utility_account) where ended_at = 0;
create index login_links_utility_account on login_links (city_id, utility_account);
create index login_links_given on login_links (city_id, given_by);

create table login_invitations (
  city_id         text not null,
  id              text not null,
  link_id         text not null,
  utility_account text not null,
  email           text not null,
  role            text not null check (role in ('full', 'pay', 'see')),
  until_on        text not null,
  made_at         bigint not null,
  answer          text not null check (answer in ('', 'accepted', 'declined', 'withdrawn')),
  answered_at     bigint not null,
  primary key (city_id, id)
);
select clearwell_guard('login_invitations');
create index login_invitations_email on login_invitations (city_id, email);
create index login_invitations_link on login_invitations (city_id, link_id);
