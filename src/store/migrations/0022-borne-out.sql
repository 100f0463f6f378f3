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
  if exists (select from mo.approvals a where a.approval_id = new.approval_id) then return new; end if;
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

-- The last row of the log when a request got its status: the row that tells of it is a later one, and there is one.
alter table mo.approvals add column told_after bigint not null default 0;

create function mo.mark_status() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if tg_op = 'INSERT' or new.status <> old.status then
    new.told_after := coalesce((select max(l.seq) from mo.audit_log l), 0);
  end if;
  return new;
end $$;
-- Runs after check_approval, which holds every other column to what it was: triggers run by name.
create trigger mark_status before insert or update on mo.approvals
  for each row execute function mo.mark_status();

create or replace function mo.request_is_logged() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  told constant text[] := case
    when tg_op = 'INSERT' then array['approval.requested', 'approval.refused_by_books']
    when new.status in ('approved', 'rejected') then array['approval.decided', 'approval.' || new.status]
    when new.status = 'withdrawn' then array['approval.withdrawn', 'approval.refused_by_books']
    else array['approval.' || new.status]
  end;
begin
  if not exists (select from mo.audit_log l
    where l.subject = new.approval_id and l.seq > new.told_after and l.action = any (told))
  then perform mo.refuse_unlogged('a request that is ' || new.status); end if;
  return null;
end $$;

-- Every row about a request tells of the very deed that was just done, as the tables have it. Together with the rule that no deed goes without
-- its row: in the same transaction, and once.
create function mo.is_told_truly(row_told mo.audit_log) returns boolean
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  told constant jsonb := row_told.entry::jsonb;
  after constant jsonb := told -> 'after';
  asked mo.approvals;
begin
  select * into asked from mo.approvals a where a.approval_id = row_told.subject;
  -- An attempt that failed leaves no other trace: whether it was made, the tables do not know.
  if row_told.action = 'approval.refused' then
    return after ->> 'refusal' is not null and (asked.approval_id is not null or after ->> 'refusal' = 'not-found');
  end if;
  if (told ->> 'reviewId', told ->> 'factsSha256') is distinct from (asked.review_id, asked.facts_sha256) then return false; end if;
  case
    when row_told.action = 'approval.requested' then
      return told -> 'before' = jsonb_build_object('supersedes', asked.supersedes, 'remainderMinor', asked.remainder_minor,
          'plannedMinor', asked.planned_minor)
        and after = jsonb_build_object('status', asked.status, 'tier', asked.tier, 'planSha256', asked.plan_sha256,
          'policySha256', asked.policy_sha256, 'reserved', true, 'difference', asked.difference::jsonb)
        and not mo.was_told(row_told, array['approval.requested', 'approval.refused_by_books'], 0);
    when row_told.action = 'approval.refused_by_books' then
      return told ->> 'reason' = asked.status_reason
        and told -> 'before' = jsonb_build_object('status', 'draft', 'remainderMinor', asked.remainder_minor)
        and after = jsonb_build_object('status', asked.status, 'tier', asked.tier, 'planSha256', asked.plan_sha256)
        and asked.status = 'withdrawn'
        and not mo.was_told(row_told, array['approval.requested', 'approval.refused_by_books', 'approval.withdrawn'], 0);
    when row_told.action = 'approval.decided' then
      return told -> 'before' = '{"status": "pending"}'
        and exists (select from mo.approval_decisions d
          where d.approval_id = row_told.subject and d.person = row_told.actor and d.reason = told ->> 'reason'
            and d.on_behalf_of is not distinct from told ->> 'onBehalfOf'
            and after = jsonb_build_object('decision', d.decision, 'planSha256', d.plan_sha256, 'tokenId', d.token_id,
              'status', asked.status)
            and mo.has_role(asked, d.principal, told ->> 'role'))
        and not exists (select from mo.audit_log l where l.subject = row_told.subject and l.seq < row_told.seq
          and l.action = row_told.action and l.actor = row_told.actor);
    when row_told.action in ('approval.asked', 'approval.reminded', 'approval.escalated') then
      return exists (select from mo.approval_notices n where n.approval_id = row_told.subject
          and 'approval.' || n.kind = row_told.action and n.person = after ->> 'person')
        and not exists (select from mo.audit_log l where l.subject = row_told.subject and l.seq < row_told.seq
          and l.action = row_told.action and l.entry::jsonb -> 'after' ->> 'person' = after ->> 'person');
    else
      -- What people decide is told of by their decisions.
      return row_told.action = 'approval.' || asked.status and not (asked.status in ('approved', 'rejected') and asked.approvers_needed > 0)
        and told ->> 'reason' is not distinct from asked.status_reason and after ->> 'status' = asked.status
        and exists (select from mo.approval_steps step
          where step.from_status = told -> 'before' ->> 'status' and step.to_status = asked.status)
        and not mo.was_told(row_told, array['approval.requested', 'approval.refused_by_books', row_told.action], asked.told_after);
  end case;
end $$;

-- Does a row between a place in the log and this one tell of it already?
create function mo.was_told(row_told mo.audit_log, actions text[], from_seq bigint) returns boolean
language sql stable set search_path = pg_catalog, pg_temp as $$
  select exists (select from mo.audit_log l where l.subject = row_told.subject and l.action = any (actions)
    and l.seq > from_seq and l.seq < row_told.seq)
$$;

-- Has the person the role by the policy of the request? A policy of before 0019-rights is not on record in this form.
create function mo.has_role(asked mo.approvals, person_id text, role text) returns boolean
language sql stable set search_path = pg_catalog, pg_temp as $$
  select role is null or not exists (select from mo.policy_rights p where p.policy_sha256 = asked.policy_sha256)
    or exists (select from mo.policy_rights p, jsonb_array_elements(p.rights::jsonb -> 'people') person
      where p.policy_sha256 = asked.policy_sha256 and person ->> 'id' = person_id and person -> 'roles' ? has_role.role)
$$;

create function mo.deed_about_request() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if mo.is_told_truly(new) is not true then
    raise exception 'the audit log tells of what was done, once' using errcode = 'MO001', constraint = 'not-done';
  end if;
  return null;
end $$;
-- At once, after the deed: a request may take two steps in one transaction.
create trigger is_told_truly after insert on mo.audit_log
  for each row when (starts_with(new.action, 'approval.')) execute function mo.deed_about_request();
drop trigger is_done on mo.audit_log;
create constraint trigger is_done after insert on mo.audit_log deferrable initially deferred
  for each row when (new.action in ('token.created', 'token.revoked', 'narrative.approved', 'narrative.rejected'))
  execute function mo.deed_is_done();

-- A plan is in the currency of its company, or amounts would be held against limits in another. A policy of before this step names none.
create function mo.check_currency() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  due text;
begin
  if exists (select from mo.approvals a where a.approval_id = new.approval_id and a.status = new.status) then return new; end if;
  select p.rights::jsonb ->> 'currency' into due from mo.policy_rights p where p.policy_sha256 = new.policy_sha256;
  if due <> new.move::jsonb -> 'amount' ->> 'currency' then perform mo.refuse_request('not-of-the-policy'); end if;
  return new;
end $$;
create trigger check_currency before insert or update of status on mo.approvals
  for each row when (new.status in ('proposed', 'pending', 'approved')) execute function mo.check_currency();

-- Applied and verified is a move of which both lines have their order, and every order its receipt; the reserve is no line.
create or replace function mo.change_bears_out(of_approval text, to_status text) returns boolean
language sql stable set search_path = pg_catalog, pg_temp as $$
  select case
    when to_status = 'applying' then exists (
      select from mo.change_orders o where o.approval_id = of_approval and o.purpose = 'move')
    when to_status in ('applied', 'verified') then (
      select num_nonnulls(a.move::jsonb ->> 'fromLine', a.move::jsonb ->> 'toLine') from mo.approvals a
      where a.approval_id = of_approval) <= (
      select count(*) from mo.change_orders o
      where o.approval_id = of_approval and o.purpose = 'move' and exists (
        select from mo.order_receipts r where r.order_id = o.order_id
          and (r.kind = 'verified' or (to_status = 'applied' and r.kind = 'accepted'))))
    when to_status = 'rolled_back' then exists (
      select from mo.approvals a
      where a.approval_id = of_approval and a.rollback is not null
        and clock_timestamp() <= a.settled_at
          + make_interval(days => (a.rollback::jsonb ->> 'withinDays')::integer))
      and exists (select from mo.change_orders o where o.approval_id = of_approval and o.purpose = 'move')
      and not exists (
        select from mo.change_orders made, lateral mo.way_back(made) way
        where made.approval_id = of_approval and made.purpose = 'move' and way.is_due and not exists (
          select from mo.change_orders back
          where back.approval_id = of_approval and back.purpose = 'rollback' and back.line = made.line))
    else true
  end
$$;

-- Splitting a move makes it no smaller: with everything that was asked for on one of its lines within the window, what waits included, it is in
-- the tier that rules/governance/approval-tier.ts would find, or a higher one. One action of the data that is asked for again in another review
-- is one move, as there. Filings are counted by the database's clock.
create function mo.check_split() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  plan constant jsonb := new.move::jsonb;
  per_major constant numeric := mo.minor_per_major(plan -> 'amount' ->> 'currency');
  company text;
  granted jsonb;
  place bigint;
  on_line numeric;
begin
  if exists (select from mo.approvals a where a.approval_id = new.approval_id and a.status <> 'draft') then return new; end if;
  select r.workspace into company from mo.reviews r where r.review_id = new.review_id;
  select p.rights::jsonb into granted from mo.policy_rights p where p.policy_sha256 = new.policy_sha256 and p.workspace = company;
  -- The lock under which the program files the requests of a company.
  perform pg_advisory_xact_lock(hashtextextended(company, 7301008));
  select max(sums.minor) into on_line from (
    select end_line, sum((a.move::jsonb -> 'amount' ->> 'minor')::numeric) as minor
    from (values (plan ->> 'fromLine'), (plan ->> 'toLine')) ends (end_line)
      join mo.approvals a on end_line in (a.move::jsonb ->> 'fromLine', a.move::jsonb ->> 'toLine')
      join mo.reviews r using (review_id) join mo.reservations held using (approval_id)
    where r.workspace = company and a.approval_id <> new.approval_id
      and a.status in ('pending', 'approved', 'applying', 'applied', 'verified')
      and held.created_at > clock_timestamp() - make_interval(days => (granted ->> 'windowDays')::integer)
      and (a.review_id = new.review_id or a.move::jsonb ->> 'actionId' is distinct from plan ->> 'actionId'
        or plan ->> 'actionId' is null)
    group by end_line) sums;
  select each.place into place from jsonb_array_elements(granted -> 'tiers') with ordinality as each (tier, place)
  where each.tier ->> 'id' = new.tier;
  if place < mo.least_tier(granted, coalesce(on_line, 0) + (plan -> 'amount' ->> 'minor')::numeric, per_major)
  then perform mo.refuse_request('not-of-the-policy'); end if;
  return new;
end $$;
-- What passes by rule is counted by check_rule_pass, after it what people decide.
create trigger check_split before insert or update of status on mo.approvals
  for each row when (new.approvers_needed > 0 and new.status in ('proposed', 'pending')) execute function mo.check_split();
