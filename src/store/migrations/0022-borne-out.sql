-- What a second look found that a statement written by hand in the application's role could still do: break the audit chain with an entry that
-- the program reads otherwise, and stop a workspace with a number, a time or an order that the program cannot read.

drop function mo.is_canonical(json);

-- Is a JSON text canonical (RFC 8785), as the program writes it? `depth` counts the objects and arrays it lies in.
create function mo.is_canonical(value json, depth integer) returns boolean
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  -- The program writes 200 levels; a row of the log is itself one around its entry.
  deepest constant integer := 199;
  part record;
  before text;
  rebuilt text := '';
  plain text;
begin
  case json_typeof(value)
    when 'object' then
      if depth >= deepest then return false; end if;
      for part in select key, each.value from json_each(value) each loop
        -- Keys are ordered by UTF-16 code units, which up to U+D7FF is the order of the bytes; beyond, no entry needs a key.
        if (before is not null and part.key collate "C" <= before collate "C")
          or (octet_length(part.key) > length(part.key) and part.key ~ '[^\u0001-\uD7FF]')
          or not mo.is_canonical(part.value, depth + 1) then
          return false;
        end if;
        rebuilt := rebuilt || case when before is null then '' else ',' end
          || to_json(part.key)::text || ':' || part.value::text;
        before := part.key;
      end loop;
      return value::text = '{' || rebuilt || '}';
    when 'array' then
      if depth >= deepest then return false; end if;
      for part in select each.value from json_array_elements(value) each loop
        if not mo.is_canonical(part.value, depth + 1) then return false; end if;
        rebuilt := rebuilt || case when before is null then '' else ',' end || part.value::text;
        before := '';
      end loop;
      return value::text = '[' || rebuilt || ']';
    when 'string' then
      return value::text = to_json(value #>> '{}')::text;
    when 'number' then
      plain := value::text;
      -- As ECMAScript prints it: the shortest digits that read back as the same double, with an exponent only near zero and one digit before its
      -- point. Beyond what a double counts exactly no entry needs a number, and the two do not agree on the shortest.
      return plain ~ '^-?((0|[1-9][0-9]*)(\.[0-9]*[1-9])?|[1-9](\.[0-9]*[1-9])?e-[1-9][0-9]*)$' and plain <> '-0'
        and abs(plain::numeric) <= 9007199254740991 and plain::numeric = (plain::float8::text)::numeric
        and (plain ~ 'e') = (plain::numeric <> 0 and abs(plain::numeric) < 0.000001);
    else
      return value::text in ('true', 'false', 'null');
  end case;
end $$;
revoke all on function mo.is_canonical(json, integer) from public;

-- The shortest digits of a number are those of the server, whatever the session asks for.
create or replace function mo.chain_audit_row() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp set extra_float_digits = 1 as $$
declare
  last record;
begin
  -- Of a length that every reader can hold.
  if octet_length(new.entry) > 1000000 or not mo.is_canonical(new.entry::json, 0) then
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

-- The number of a review's lock is counted on by one, so that it never ends.
create or replace function mo.keep_review() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if new.fence not in (old.fence, old.fence + 1) then
    raise exception 'the fence of review % only grows, by one', old.review_id
      using errcode = 'MO001', constraint = 'fence-grows';
  end if;
  if old.status in ('completed', 'withheld') and new.status <> old.status then
    raise exception 'review % has ended', old.review_id using errcode = 'MO001', constraint = 'review-ended';
  end if;
  return new;
end $$;

-- Numbers and times that the program can read: one that it cannot stops every list the row is in. Rows from before are left as they are.
do $$
declare
  each record;
begin
  for each in
    select c.relname as held, a.attname as called, a.atttypid = 'bigint'::regtype as counts
    from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
    where n.nspname = 'mo' and c.relkind = 'r' and not a.attisdropped and c.relname not in ('audit_log', 'migrations')
      and a.atttypid in ('bigint'::regtype, 'timestamptz'::regtype)
  loop
    execute format('alter table mo.%I add constraint %I check (%I between %s) not valid', each.held, each.held || '_' || each.called || '_readable',
      each.called, case when each.counts then '-9007199254740991 and 9007199254740991'
        else $times$timestamptz '1900-01-01 00:00Z' and timestamptz '9999-12-31 00:00Z'$times$ end);
  end loop;
end $$;
-- The numbers a queue counts to, see src/queue/fair-turns.ts.
alter table mo.queue_turns add constraint queue_turns_turn_counts check (turn <= 2000000) not valid;

-- Has a value exactly these members, of these types? `shape` names them: {"member": "type|type"}.
create function mo.has_shape(given jsonb, shape jsonb) returns boolean
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select jsonb_typeof(given) = 'object'
    and (select count(*) from jsonb_object_keys(case jsonb_typeof(given) when 'object' then given else '{}' end)) =
      (select count(*) from jsonb_object_keys(shape))
    and not exists (select from jsonb_each_text(shape) member
      where coalesce(jsonb_typeof(given -> member.key) <> all (string_to_array(member.value, '|')), true))
$$;

-- What the program cannot read it cannot show either: a plan, its facts and its orders have the members of rules/schema/budget-move.ts,
-- rules/schema/bound-facts.ts and src/store/change-orders.ts; a test holds them to each other.
create function mo.check_plan_shape() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  money constant jsonb := '{"currency": "string", "minor": "number"}';
  plan constant jsonb := new.move::jsonb;
  impact constant jsonb := plan -> 'expectedImpact';
begin
  if not mo.has_shape(plan, '{"id": "string", "origin": "string", "actionId": "string|null", "campaignId": "string|null",
      "fromLine": "string|null", "toLine": "string|null", "fromName": "string", "toName": "string", "amount": "object",
      "reasonCode": "string", "basis": "object", "expectedImpact": "object|null", "impactNotMeasured": "string|null",
      "concerns": "array", "ruleId": "string"}')
    or not mo.has_shape(plan -> 'amount', money)
    or plan ->> 'origin' not in ('carried', 'proposed')
    or (jsonb_typeof(impact) = 'object' and not (mo.has_shape(impact, '{"low": "object", "mid": "object", "high": "object"}')
      and mo.has_shape(impact -> 'low', money) and mo.has_shape(impact -> 'mid', money) and mo.has_shape(impact -> 'high', money)))
    or not mo.has_shape(new.facts::jsonb, '{"giver_planned_minor": "number|null", "giver_committed_minor": "number|null",
      "giver_covers_amount": "boolean|null", "giver_stopped": "boolean", "receiver_planned_minor": "number|null",
      "receiver_committed_minor": "number|null", "receiver_stopped": "boolean", "receiver_under_risk": "boolean",
      "receiver_risks": "array", "campaign_status": "string|null", "proposal_status": "string|null"}')
    or jsonb_typeof(new.difference::jsonb) <> 'array'
  then perform mo.refuse_money('not-readable'); end if;
  return new;
end $$;
-- Runs after check_approval and before check_request: triggers run by name.
create trigger check_plan_shape before insert on mo.approvals
  for each row execute function mo.check_plan_shape();

create function mo.check_order_shape() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if not mo.has_shape(new.payload::jsonb, '{"reviewId": "string", "moveId": "string", "campaignId": "string|null",
      "campaignName": "string|null", "channelId": "string|null", "channelName": "string|null", "platform": "string|null",
      "currency": "string", "planSha256": "string"}')
  then perform mo.refuse_money('not-readable'); end if;
  return new;
end $$;
create trigger check_order_shape before insert on mo.change_orders
  for each row execute function mo.check_order_shape();
alter table mo.order_receipts
  add constraint receipt_readable check (jsonb_typeof(detail::jsonb) = 'object') not valid;
