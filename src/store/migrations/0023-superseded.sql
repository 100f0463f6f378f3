-- A review whose month is reviewed on newer inputs: it stays on record, and never runs again. Before, it was marked as failed, and a failed review
-- may run.
alter table mo.reviews drop constraint reviews_status_check;
alter table mo.reviews add constraint reviews_status_check
  check (status in ('created', 'running', 'awaiting_approval', 'completed', 'withheld', 'failed', 'superseded'));
update mo.reviews set status = 'superseded', fence = fence + 1
where status = 'failed' and status_detail like 'superseded by review %';

create function mo.keep_superseded() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if old.status = 'superseded' and new.status <> 'superseded' then
    raise exception 'review % was superseded', old.review_id using errcode = 'MO001', constraint = 'review-superseded';
  end if;
  -- Whoever is at work on it loses it with the same statement.
  if new.status = 'superseded' and old.status <> 'superseded' and new.fence <= old.fence then
    raise exception 'a superseded review changes hands' using errcode = 'MO001', constraint = 'fence-grows';
  end if;
  return new;
end $$;
create trigger keep_superseded before update on mo.reviews
  for each row execute function mo.keep_superseded();
