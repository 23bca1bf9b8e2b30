create table legal_holds (
  city_id   text not null,
  id        text not null,
  matter    text not null check (matter <> ''),
  reason    text not null check (reason <> ''),
  set_by    text not null,
  set_at    integer not null,
  ended_by  text not null,
  ended_at  integer not null,
  primary key (city_id, id)
) strict;

create unique index legal_holds_standing on legal_holds (city_id, matter) where ended_at = 0;
