-- What a statement written by hand in the application's role could still do, found by trying: run functions of the owner on rows of its own
-- making, look at the tables as they were a while ago, turn a review's clock-work back, or write a log entry that no reader can check.

-- A request is dated by the database in whatever status it begins, and its statuses move in the owner's name: the functions they call are no
-- longer the application's to call.
create or replace function mo.check_approval() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  moving constant text[] := array['status', 'settled_at', 'interrupt_id', 'status_reason', 'status_at'];
  borne_out boolean;
begin
  if tg_op = 'INSERT' then
    if new.status not in ('draft', 'proposed', 'pending')
      and not (new.status = 'approved' and new.approvers_needed = 0) then
      raise exception 'a request starts as draft, proposed or pending'
        using errcode = 'MO002', constraint = 'status-not-borne-out';
    end if;
    if new.supersedes is not null and not exists (
      select from mo.approvals earlier
      where earlier.approval_id = new.supersedes and earlier.review_id = new.review_id
        and earlier.status = 'superseded') then
      raise exception 'a request takes the place of a superseded one of its own review'
        using errcode = 'MO002', constraint = 'status-not-borne-out';
    end if;
    new.status_at := clock_timestamp();
    new.settled_at := case when new.status = 'approved' then clock_timestamp() end;
    return new;
  end if;
  if (to_jsonb(new) - moving) <> (to_jsonb(old) - moving)
    or (old.interrupt_id is not null and new.interrupt_id is distinct from old.interrupt_id)
  then
    raise exception 'a request is written once' using errcode = 'MO001', constraint = 'written-once';
  end if;
  if new.status = old.status then
    if (new.settled_at, new.status_reason) is distinct from (old.settled_at, old.status_reason) then
      raise exception 'a status keeps its time and reason'
        using errcode = 'MO002', constraint = 'status-not-borne-out';
    end if;
    new.status_at := old.status_at;
    return new;
  end if;
  borne_out := exists (
      select from mo.approval_steps step
      where step.from_status = old.status and step.to_status = new.status)
    and case new.status
      when 'approved' then new.approvers_needed <= (
        select count(*) from mo.approval_decisions given
        where given.approval_id = new.approval_id and given.decision = 'approve')
      when 'rejected' then exists (
        select from mo.approval_decisions given
        where given.approval_id = new.approval_id and given.decision = 'reject')
      when 'expired' then clock_timestamp() >= new.expires_at
      else mo.change_bears_out(new.approval_id, new.status)
    end;
  if not borne_out then
    raise exception 'status % does not follow from % and what is on record', new.status, old.status
      using errcode = 'MO002', constraint = 'status-not-borne-out';
  end if;
  -- Settled is when people's part ended, by the database's clock; what becomes of the money afterwards has its time in status_at.
  new.settled_at := case when new.status in ('proposed', 'pending') then null
    else coalesce(old.settled_at, clock_timestamp()) end;
  new.status_at := clock_timestamp();
  return new;
end $$;

-- Triggers judge a row by other rows. In a transaction that goes on seeing the state of its beginning they would judge by what was: one
-- person could decide twice, and one sum be reserved twice.
create function mo.refuse_stale_view() returns trigger
language plpgsql as $$
begin
  if current_setting('transaction_isolation') in ('repeatable read', 'serializable') then
    raise exception '% of % is refused: the transaction does not see what others wrote meanwhile', tg_op, tg_table_name
      using errcode = 'MO002', constraint = 'stale-view';
  end if;
  return null;
end $$;
do $$
declare
  judged text;
begin
  foreach judged in array array['approvals', 'approval_decisions', 'narrative_decisions', 'change_orders', 'order_receipts', 'api_tokens',
    'sessions', 'stage_results', 'audit_log'] loop
    execute format('create trigger a_present_view before insert or update on mo.%I
      for each statement execute function mo.refuse_stale_view()', judged);
  end loop;
end $$;

-- The number of a review's lock only grows, or whoever lost the lock could write again. What ended stays ended.
create function mo.keep_review() returns trigger
language plpgsql as $$
begin
  if new.fence < old.fence then
    raise exception 'the fence of review % only grows', old.review_id using errcode = 'MO001', constraint = 'fence-grows';
  end if;
  if old.status in ('completed', 'withheld') and new.status <> old.status then
    raise exception 'review % has ended', old.review_id using errcode = 'MO001', constraint = 'review-ended';
  end if;
  return new;
end $$;
create trigger keep_review before update on mo.reviews
  for each row execute function mo.keep_review();

-- A hash on record is that of the bytes beside it.
alter table mo.reviews
  add constraint policy_hash check (policy_sha256 = encode(sha256(convert_to(policy, 'UTF8')), 'hex'));
alter table mo.stage_results
  add constraint result_hash check (result_sha256 = encode(sha256(convert_to(result, 'UTF8')), 'hex'));

-- An order says in its own words what it changes; they must be those of the plan, or an approved move of one line would change another.
create function mo.check_order_words() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  asked mo.approvals;
  told constant jsonb := new.payload::jsonb;
  plan jsonb;
  stated jsonb;
  due bigint;
begin
  select * into asked from mo.approvals where approval_id = new.approval_id;
  plan := asked.move::jsonb;
  stated := asked.facts::jsonb;
  if (told ->> 'planSha256', told ->> 'moveId', told ->> 'currency')
      is distinct from (asked.plan_sha256, plan ->> 'id', plan -> 'amount' ->> 'currency')
    or concat_ws('/', told ->> 'campaignId', told ->> 'channelId') is distinct from new.line
  then perform mo.refuse_money('outside-the-plan'); end if;
  -- Compare-and-set starts from what the approval was bound to; a roll-back from what the order set.
  due := case
    when new.purpose = 'rollback' then (select made.new_minor from mo.change_orders made
      where made.approval_id = new.approval_id and made.purpose = 'move' and made.line = new.line)
    when new.delta_minor < 0 then (stated ->> 'giver_planned_minor')::bigint
    else (stated ->> 'receiver_planned_minor')::bigint
  end;
  if new.old_minor is distinct from due then perform mo.refuse_money('outside-the-plan'); end if;
  return new;
end $$;
-- Runs after check_order, which locks the request: triggers run by name.
create trigger check_order_words before insert on mo.change_orders
  for each row execute function mo.check_order_words();

-- A use of a token and the end of a session happen now.
create function mo.date_use() returns trigger
language plpgsql as $$
begin
  if new.last_used_at is distinct from old.last_used_at then new.last_used_at := clock_timestamp(); end if;
  if new.revoked_at is distinct from old.revoked_at then new.revoked_at := clock_timestamp(); end if;
  return new;
end $$;
create trigger date_use before update on mo.api_tokens
  for each row execute function mo.date_use();
create function mo.date_end() returns trigger
language plpgsql as $$
begin
  if new.ended_at is distinct from old.ended_at then new.ended_at := clock_timestamp(); end if;
  return new;
end $$;
create trigger date_end before update on mo.sessions
  for each row execute function mo.date_end();

-- Is a JSON text canonical (RFC 8785)? Judged on the text as it came, because jsonb forgets white space, order and double keys. A reader
-- who recomputes the chain parses an entry and writes it again; a row that comes out otherwise would break the log for good.
create function mo.is_canonical(value json) returns boolean
language plpgsql immutable as $$
declare
  part record;
  before text;
  rebuilt text := '';
  plain text;
begin
  case json_typeof(value)
    when 'object' then
      for part in select key, each.value from json_each(value) each loop
        if (before is not null and part.key collate "C" <= before collate "C") or not mo.is_canonical(part.value) then
          return false;
        end if;
        rebuilt := rebuilt || case when before is null then '' else ',' end
          || to_json(part.key)::text || ':' || part.value::text;
        before := part.key;
      end loop;
      return value::text = '{' || rebuilt || '}';
    when 'array' then
      for part in select each.value from json_array_elements(value) each loop
        if not mo.is_canonical(part.value) then return false; end if;
        rebuilt := rebuilt || case when before is null then '' else ',' end || part.value::text;
        before := '';
      end loop;
      return value::text = '[' || rebuilt || ']';
    when 'string' then
      return value::text = to_json(value #>> '{}')::text;
    when 'number' then
      plain := value::text;
      -- As ECMAScript prints it: the shortest digits that read back as the same double, with an exponent only near zero. Beyond what a double
      -- counts exactly no entry needs a number, and the two do not agree on the shortest.
      return plain ~ '^-?(0|[1-9][0-9]*)(\.[0-9]*[1-9])?(e-[1-9][0-9]*)?$' and plain <> '-0'
        and abs(plain::numeric) <= 9007199254740991 and plain::numeric = (plain::float8::text)::numeric
        and (plain ~ 'e') = (plain::numeric <> 0 and abs(plain::numeric) < 0.000001);
    else
      return value::text in ('true', 'false', 'null');
  end case;
end $$;

create or replace function mo.chain_audit_row() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  last record;
begin
  if not mo.is_canonical(new.entry::json) then
    raise exception 'an entry of the audit log is canonical JSON' using errcode = 'MO001', constraint = 'not-canonical';
  end if;
  -- One writer at a time until its transaction ends: the next row must see this one or know that it never was.
  perform pg_advisory_xact_lock(7301004);
  select seq, hash into last from mo.audit_log order by seq desc limit 1;
  new.seq := coalesce(last.seq, 0) + 1;
  new.previous_hash := coalesce(last.hash, repeat('0', 64));
  new.at := to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');
  new.hash := encode(sha256(convert_to(
    '{"at":"' || new.at || '","entry":' || new.entry || ',"previousHash":"' || new.previous_hash
      || '","seq":' || new.seq || '}', 'UTF8')), 'hex');
  return new;
end $$;

-- Names in functions mean ours and PostgreSQL's, whatever the caller's search path; and nobody calls them: a trigger runs without that right,
-- but a trigger of the owner's on a table of the caller's needs it.
do $$
declare
  each record;
begin
  for each in select p.oid::regprocedure as name from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname = 'mo' loop
    execute format('alter function %s set search_path = pg_catalog, pg_temp', each.name);
    execute format('revoke all on function %s from public', each.name);
  end loop;
end $$;
