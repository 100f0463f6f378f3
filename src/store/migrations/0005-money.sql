-- Money: reserved when a request is made, given to its new line when the change is applied. The application may read these tables and write
-- none of them: triggers do, from the request itself. A refusal carries its reason as the constraint, SQLSTATE MO003.

create table mo.reservations (
  approval_id text primary key references mo.approvals,
  workspace text not null,
  month text not null,
  -- The giver; null: new money.
  line text,
  currency text not null,
  amount_minor bigint not null check (amount_minor > 0),
  planned_minor bigint,
  status text not null default 'held' check (status in ('held', 'consumed', 'released')),
  created_at timestamptz not null default now(),
  ended_at timestamptz,
  check ((status = 'held') = (ended_at is null))
);
create index reservations_by_line on mo.reservations (workspace, month, line) where status <> 'released';

-- The journal: what one account gives, another receives. Accounts are lines, `RESERVE` and, for declared increases, `NEW-MONEY`.
create table mo.ledger (
  approval_id text not null references mo.approvals,
  entry text not null check (entry in ('move', 'rollback')),
  account text not null,
  workspace text not null,
  month text not null,
  currency text not null,
  delta_minor bigint not null check (delta_minor <> 0),
  booked_at timestamptz not null default clock_timestamp(),
  primary key (approval_id, entry, account)
);

create table mo.change_orders (
  -- The idempotency key.
  order_id text primary key,
  approval_id text not null references mo.approvals,
  purpose text not null check (purpose in ('move', 'rollback')),
  -- Decreases first.
  position integer not null check (position >= 0),
  line text not null,
  delta_minor bigint not null check (delta_minor <> 0),
  -- Compare-and-set: the value the platform must hold, and the one to set; null where no budget was measured.
  old_minor bigint,
  new_minor bigint,
  payload text not null,
  ordered_at timestamptz not null default clock_timestamp(),
  unique (approval_id, purpose, line),
  unique (approval_id, purpose, position),
  check ((old_minor is null) = (new_minor is null) and new_minor = old_minor + delta_minor)
);

create table mo.order_receipts (
  order_id text not null references mo.change_orders,
  kind text not null check (kind in ('accepted', 'refused', 'verified', 'mismatched')),
  -- Who says so: a webhook, a person, a platform's change history.
  source text not null,
  detail text not null,
  received_at timestamptz not null default clock_timestamp(),
  primary key (order_id, kind, source)
);

do $$
declare
  protected text;
begin
  foreach protected in array array['ledger', 'change_orders', 'order_receipts'] loop
    execute format('create trigger written_once before update or delete on mo.%I
      for each row execute function mo.refuse_change()', protected);
    execute format('create trigger written_once_truncate before truncate on mo.%I
      for each statement execute function mo.refuse_change()', protected);
  end loop;
end $$;
create trigger written_once before delete on mo.reservations
  for each row execute function mo.refuse_change();
create trigger written_once_truncate before truncate on mo.reservations
  for each statement execute function mo.refuse_change();

create function mo.refuse_money(reason text) returns void
language plpgsql as $$
begin
  raise exception 'the money is refused: %', reason using errcode = 'MO003', constraint = reason;
end $$;

-- What earlier requests hold of a line. What was moved already counts until the stated plan has come down by as much: until then the data
-- do not know of the move.
create function mo.spoken_for(for_workspace text, for_month text, for_line text, planned_now bigint) returns bigint
language sql stable as $$
  select coalesce(sum(amount_minor) filter (where status = 'held'), 0)
    + greatest(0, coalesce(sum(amount_minor) filter (where status = 'consumed'), 0)
      - greatest(0, coalesce(max(planned_minor) filter (where status = 'consumed') - planned_now, 0)))
  from mo.reservations
  where workspace = for_workspace and month = for_month and line = for_line and status <> 'released'
$$;

create function mo.reserve_money() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  plan constant jsonb := new.move::jsonb;
  stated constant jsonb := new.facts::jsonb;
  amount constant bigint := (plan -> 'amount' ->> 'minor')::bigint;
  giver constant text := plan ->> 'fromLine';
  review mo.reviews;
  held bigint;
begin
  if new.plan_sha256 <> encode(sha256(convert_to(new.move, 'UTF8')), 'hex')
    or new.facts_sha256 <> encode(sha256(convert_to(new.facts, 'UTF8')), 'hex')
  then perform mo.refuse_money('hash-not-of-plan'); end if;
  -- A draft asks for nothing yet; money is held from the moment it is proposed.
  if new.status = 'draft' or exists (select from mo.reservations r where r.approval_id = new.approval_id) then
    return null;
  end if;
  if amount is null or amount <= 0 then perform mo.refuse_money('amount-not-positive'); end if;
  if giver is not distinct from plan ->> 'toLine' then perform mo.refuse_money('same-line'); end if;
  if stated -> 'receiver_under_risk' = 'true' then perform mo.refuse_money('receiver-under-risk'); end if;
  if stated -> 'receiver_stopped' = 'true' then perform mo.refuse_money('receiver-under-stop'); end if;
  if new.approvers_needed = 0 and (giver is null or new.remainder_minor is null)
  then perform mo.refuse_money('needs-a-person'); end if;
  select * into review from mo.reviews where review_id = new.review_id;
  if giver is not null and new.remainder_minor is not null then
    -- One request at a time looks at a line, until its transaction ends.
    perform pg_advisory_xact_lock(hashtextextended(
      review.workspace || chr(10) || review.month || chr(10) || giver, 7301007));
    held := mo.spoken_for(review.workspace, review.month, giver, coalesce(new.planned_minor, 0));
    if amount > new.remainder_minor then perform mo.refuse_money('exceeds-remainder'); end if;
    if amount > new.remainder_minor - held then perform mo.refuse_money('money-reserved'); end if;
  end if;
  insert into mo.reservations (approval_id, workspace, month, line, currency, amount_minor, planned_minor)
  values (new.approval_id, review.workspace, review.month, giver, plan -> 'amount' ->> 'currency', amount,
    new.planned_minor);
  return null;
end $$;
create trigger reserve_money after insert or update of status on mo.approvals
  for each row when (new.status in ('draft', 'proposed', 'pending', 'approved'))
  execute function mo.reserve_money();

create function mo.book(asked mo.approvals, as_entry text, sign integer) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  plan constant jsonb := asked.move::jsonb;
  review mo.reviews;
begin
  select * into review from mo.reviews where review_id = asked.review_id;
  insert into mo.ledger (approval_id, entry, account, workspace, month, currency, delta_minor)
  select asked.approval_id, as_entry, side.account, review.workspace, review.month,
    plan -> 'amount' ->> 'currency', side.delta * sign
  from (values
    (coalesce(plan ->> 'fromLine', 'NEW-MONEY'), -(plan -> 'amount' ->> 'minor')::bigint),
    (coalesce(plan ->> 'toLine', 'RESERVE'), (plan -> 'amount' ->> 'minor')::bigint)
  ) as side (account, delta)
  on conflict do nothing;
end $$;

-- Money follows the status: given back when nothing comes of the request, booked when the change is applied.
create function mo.follow_status() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if new.status in ('rejected', 'expired', 'superseded', 'withdrawn') then
    update mo.reservations set status = 'released', ended_at = clock_timestamp()
    where approval_id = new.approval_id and status = 'held';
  elsif new.status = 'applied' then
    update mo.reservations set status = 'consumed', ended_at = clock_timestamp()
    where approval_id = new.approval_id and status = 'held';
    perform mo.book(new, 'move', 1);
  elsif new.status = 'rolled_back' then
    update mo.reservations set status = 'released', ended_at = clock_timestamp()
    where approval_id = new.approval_id;
    if exists (select from mo.ledger l where l.approval_id = new.approval_id and l.entry = 'move') then
      perform mo.book(new, 'rollback', -1);
    end if;
  end if;
  return null;
end $$;
create trigger follow_status after update of status on mo.approvals
  for each row when (new.status is distinct from old.status) execute function mo.follow_status();

-- An entry has two sides that sum to zero, or it is not an entry.
create function mo.check_balance() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if (select (count(*), sum(delta_minor)) is distinct from (2::bigint, 0::numeric) from mo.ledger
      where approval_id = new.approval_id and entry = new.entry) then
    perform mo.refuse_money('entry-not-balanced');
  end if;
  return null;
end $$;
create constraint trigger check_balance after insert on mo.ledger deferrable initially deferred
  for each row execute function mo.check_balance();

-- Whether the orders and what came back on them bear a status out.
create function mo.change_bears_out(of_approval text, to_status text) returns boolean
language sql stable as $$
  select case
    when to_status = 'applying' then exists (
      select from mo.change_orders o where o.approval_id = of_approval and o.purpose = 'move')
    when to_status in ('applied', 'verified') then not exists (
      select from mo.change_orders o
      where o.approval_id = of_approval and o.purpose = 'move' and not exists (
        select from mo.order_receipts r where r.order_id = o.order_id
          and (r.kind = 'verified' or (to_status = 'applied' and r.kind = 'accepted'))))
    when to_status = 'rolled_back' then exists (
      select from mo.approvals a
      where a.approval_id = of_approval and a.rollback is not null
        and clock_timestamp() <= a.settled_at
          + make_interval(days => (a.rollback::jsonb ->> 'withinDays')::integer)
        and exists (select from mo.change_orders o
          where o.approval_id = of_approval and o.purpose = 'rollback'))
    else true
  end
$$;

-- An order stands for an approved move, within what was approved.
create function mo.check_order() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  asked mo.approvals;
  plan jsonb;
  sign constant integer := case new.purpose when 'move' then 1 else -1 end;
begin
  select * into asked from mo.approvals where approval_id = new.approval_id for update;
  plan := asked.move::jsonb;
  if not (new.purpose = 'move' and asked.status in ('approved', 'failed'))
    and not (new.purpose = 'rollback' and asked.status in ('applied', 'verified', 'failed')
      and asked.rollback is not null)
  then perform mo.refuse_money('not-approved'); end if;
  if (new.line, new.delta_minor * sign) is distinct from
      (plan ->> 'fromLine', -(plan -> 'amount' ->> 'minor')::bigint)
    and (new.line, new.delta_minor * sign) is distinct from
      (plan ->> 'toLine', (plan -> 'amount' ->> 'minor')::bigint)
  then perform mo.refuse_money('outside-the-plan'); end if;
  if exists (select from mo.change_orders earlier
    where earlier.approval_id = new.approval_id and earlier.purpose = new.purpose
      and earlier.position < new.position and earlier.delta_minor > 0 and new.delta_minor < 0)
  then perform mo.refuse_money('increase-before-decrease'); end if;
  return new;
end $$;
create trigger check_order before insert on mo.change_orders
  for each row execute function mo.check_order();
