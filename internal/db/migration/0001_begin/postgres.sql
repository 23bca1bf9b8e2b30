create function clearwell_guard(guarded text) returns void language plpgsql as $$
begin
  execute format('alter table %I enable row level security', guarded);
  execute format('alter table %I force row level security', guarded);
  execute format('create policy one_city on %I using (
    city_id = current_setting(''clearwell.city'', true) or current_setting(''clearwell.city'', true) = ''*'')', guarded);
end $$;

create function clearwell_one(touched bigint) returns bigint language plpgsql immutable as $$
begin
  if touched <> 1 then
    raise exception 'statement touched % rows instead of one', touched using errcode = 'CW001';
  end if;
  return touched;
end $$;
