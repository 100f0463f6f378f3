-- Who may decide a request is on record with it, so that a decision in the name of anybody else is refused whoever writes the row.

-- Canonical JSON: {"people": [{"person", "principal", "from", "to"}], "timeZone"}. The dates are those of a delegation, both included, or
-- null for a right of one's own. Null: a request of before this step, judged by the program alone.
alter table mo.approvals add column deciders text;

create function mo.check_decider() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  asked jsonb;
  today text;
begin
  select deciders::jsonb into asked from mo.approvals where approval_id = new.approval_id;
  if asked is null then return new; end if;
  today := to_char(clock_timestamp() at time zone (asked ->> 'timeZone'), 'YYYY-MM-DD');
  if not exists (
    select from jsonb_to_recordset(asked -> 'people') as may (person text, principal text, "from" text, "to" text)
    where may.person = new.person and may.principal = coalesce(new.on_behalf_of, new.person)
      and (may."from" is null or today collate "C" between may."from" and may."to")
  ) then perform mo.refuse_decision('not-an-approver'); end if;
  return new;
end $$;
-- Runs after check_decision, which locks the request and knows the nearer reasons: triggers run by name.
create trigger check_rights before insert on mo.approval_decisions
  for each row execute function mo.check_decider();
