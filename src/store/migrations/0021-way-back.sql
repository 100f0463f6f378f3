-- The way back of a move starts from what its platforms were seen to show: a line that never changed gets no order, one that the history
-- shows at another figure starts from that figure. The rule is rules/governance/way-back.ts; a roll-back that says otherwise is refused.

create function mo.way_back(made mo.change_orders, out is_due boolean, out from_minor bigint, out to_minor bigint, out change_minor bigint)
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  shown jsonb;
begin
  is_due := true;
  from_minor := made.new_minor;
  to_minor := made.old_minor;
  change_minor := -made.delta_minor;
  if exists (select from mo.order_receipts r where r.order_id = made.order_id and r.kind = 'verified') then return; end if;
  select r.detail::jsonb into shown from mo.order_receipts r where r.order_id = made.order_id and r.kind = 'mismatched'
  order by r.received_at desc limit 1;
  if found then
    if shown ->> 'newMinor' is not null and shown ->> 'oldMinor' is not null then
      from_minor := (shown ->> 'newMinor')::bigint;
      to_minor := coalesce(made.old_minor, (shown ->> 'oldMinor')::bigint);
      change_minor := to_minor - from_minor;
      is_due := change_minor <> 0;
    end if;
    return;
  end if;
  if exists (select from mo.order_receipts r where r.order_id = made.order_id and r.kind = 'accepted') then return; end if;
  is_due := not exists (
    select from mo.change_orders other join mo.order_receipts r using (order_id)
    where other.approval_id = made.approval_id and other.purpose = 'move' and case
      when r.kind = 'refused' then other.position <= made.position
      when r.kind in ('verified', 'mismatched') then other.order_id <> made.order_id
        and other.payload::jsonb ->> 'platform' = made.payload::jsonb ->> 'platform'
      else false end);
end $$;
revoke all on function mo.way_back(mo.change_orders) from public;

create or replace function mo.check_order() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  asked mo.approvals;
  plan jsonb;
begin
  select * into asked from mo.approvals where approval_id = new.approval_id for update;
  plan := asked.move::jsonb;
  if not (new.purpose = 'move' and asked.status in ('approved', 'failed'))
    and not (new.purpose = 'rollback' and asked.status in ('applied', 'verified', 'failed')
      and asked.rollback is not null)
  then perform mo.refuse_money('not-approved'); end if;
  -- What a roll-back changes is held to its own order, in check_order_words.
  if new.purpose = 'move'
    and (new.line, new.delta_minor) is distinct from (plan ->> 'fromLine', -(plan -> 'amount' ->> 'minor')::bigint)
    and (new.line, new.delta_minor) is distinct from (plan ->> 'toLine', (plan -> 'amount' ->> 'minor')::bigint)
  then perform mo.refuse_money('outside-the-plan'); end if;
  if exists (select from mo.change_orders earlier
    where earlier.approval_id = new.approval_id and earlier.purpose = new.purpose
      and earlier.position < new.position and earlier.delta_minor > 0 and new.delta_minor < 0)
  then perform mo.refuse_money('increase-before-decrease'); end if;
  return new;
end $$;

create or replace function mo.check_order_words() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  asked mo.approvals;
  told constant jsonb := new.payload::jsonb;
  plan jsonb;
  stated jsonb;
  due bigint;
  made mo.change_orders;
  way record;
begin
  select * into asked from mo.approvals where approval_id = new.approval_id;
  plan := asked.move::jsonb;
  stated := asked.facts::jsonb;
  if (told ->> 'planSha256', told ->> 'moveId', told ->> 'currency')
      is distinct from (asked.plan_sha256, plan ->> 'id', plan -> 'amount' ->> 'currency')
    or concat_ws('/', told ->> 'campaignId', told ->> 'channelId') is distinct from new.line
  then perform mo.refuse_money('outside-the-plan'); end if;
  if new.purpose = 'rollback' then
    select * into made from mo.change_orders o
    where o.approval_id = new.approval_id and o.purpose = 'move' and o.line = new.line;
    if not found then perform mo.refuse_money('outside-the-plan'); end if;
    select * into way from mo.way_back(made);
    if not way.is_due
      or (new.old_minor, new.new_minor, new.delta_minor) is distinct from (way.from_minor, way.to_minor, way.change_minor)
    then perform mo.refuse_money('outside-the-plan'); end if;
    return new;
  end if;
  -- Compare-and-set starts from what the approval was bound to.
  due := case
    when new.delta_minor < 0 then (stated ->> 'giver_planned_minor')::bigint
    else (stated ->> 'receiver_planned_minor')::bigint
  end;
  if new.old_minor is distinct from due then perform mo.refuse_money('outside-the-plan'); end if;
  return new;
end $$;

-- Rolled back is a move of which every line that has something to be undone has its order; one that changed nothing needs none.
create or replace function mo.change_bears_out(of_approval text, to_status text) returns boolean
language sql stable set search_path = pg_catalog, pg_temp as $$
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
