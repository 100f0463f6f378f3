-- Approval requests and decisions. Whatever way a row comes in, the database refuses what the policy forbids everybody: deciding
-- on one's own proposal, deciding twice, deciding too late, deciding what is settled, or a status that no decision supports.
-- Each refusal carries the name of its reason as the constraint, SQLSTATE MO002.

create table mo.approvals (
  approval_id text primary key check (approval_id <> ''),
  review_id text not null references mo.reviews,
  interrupt_id text,
  move text not null,
  tier text not null,
  approvers_needed integer not null check (approvers_needed between 0 and 10),
  roles text[] not null,
  proposer text not null check (proposer <> ''),
  -- People with a conflict of interest, such as whoever edited the policy in force.
  barred text[] not null default '{}',
  plan_sha256 text not null check (plan_sha256 ~ '^[0-9a-f]{64}$'),
  facts_sha256 text not null check (facts_sha256 ~ '^[0-9a-f]{64}$'),
  policy_sha256 text not null check (policy_sha256 ~ '^[0-9a-f]{64}$'),
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  status text not null default 'pending'
    check (status in ('pending', 'approved', 'rejected', 'expired', 'superseded', 'withdrawn')),
  settled_at timestamptz,
  check (expires_at > created_at),
  check ((status = 'pending') = (settled_at is null))
);
create index approvals_by_review on mo.approvals (review_id);
create index approvals_pending on mo.approvals (expires_at) where status = 'pending';

create table mo.approval_decisions (
  approval_id text not null references mo.approvals,
  person text not null check (person <> ''),
  -- Whose authority the person uses; a delegate counts as the principal.
  on_behalf_of text check (on_behalf_of <> '' and on_behalf_of <> person),
  principal text not null generated always as (coalesce(on_behalf_of, person)) stored,
  decision text not null check (decision in ('approve', 'reject')),
  reason text not null check (btrim(reason) <> ''),
  -- The plan, facts and policy the person saw; a decision binds these and no others.
  plan_sha256 text not null,
  facts_sha256 text not null,
  policy_sha256 text not null,
  decided_at timestamptz not null default now(),
  primary key (approval_id, person),
  unique (approval_id, principal)
);

create function mo.refuse_decision(reason text) returns void
language plpgsql as $$
begin
  raise exception 'the decision is refused: %', reason using errcode = 'MO002', constraint = reason;
end $$;

create function mo.check_decision() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  asked mo.approvals;
  involved text[] := array[new.person, coalesce(new.on_behalf_of, new.person)];
begin
  -- The lock puts all decisions on one approval in a row.
  select * into asked from mo.approvals where approval_id = new.approval_id for update;
  if not found then perform mo.refuse_decision('not-found'); end if;
  -- The clock is the database's: nobody can date a decision back.
  new.decided_at := clock_timestamp();
  if exists (
    select from mo.approval_decisions earlier
    where earlier.approval_id = new.approval_id
      and (earlier.person = any (involved) or earlier.principal = any (involved))
  ) then perform mo.refuse_decision('already-decided'); end if;
  if asked.status = 'expired' then perform mo.refuse_decision('expired'); end if;
  if asked.status <> 'pending' then perform mo.refuse_decision('not-pending'); end if;
  if new.decided_at >= asked.expires_at then perform mo.refuse_decision('expired'); end if;
  if asked.proposer = any (involved) then perform mo.refuse_decision('own-proposal'); end if;
  if asked.barred && involved then perform mo.refuse_decision('conflict-of-interest'); end if;
  if (new.plan_sha256, new.facts_sha256, new.policy_sha256)
    is distinct from (asked.plan_sha256, asked.facts_sha256, asked.policy_sha256)
  then perform mo.refuse_decision('changed-since'); end if;
  return new;
end $$;
create trigger check_decision before insert on mo.approval_decisions
  for each row execute function mo.check_decision();

-- One rejection settles a request; approval takes as many people as it needs.
create function mo.settle_approval() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  update mo.approvals asked
  set status = case new.decision when 'reject' then 'rejected' else 'approved' end,
      settled_at = new.decided_at
  where asked.approval_id = new.approval_id
    and (new.decision = 'reject' or asked.approvers_needed <= (
      select count(*) from mo.approval_decisions given
      where given.approval_id = new.approval_id and given.decision = 'approve'));
  return null;
end $$;
create trigger settle_approval after insert on mo.approval_decisions
  for each row execute function mo.settle_approval();

create trigger written_once before update or delete on mo.approval_decisions
  for each row execute function mo.refuse_change();
create trigger written_once_truncate before truncate on mo.approval_decisions
  for each statement execute function mo.refuse_change();

-- A request is as it was made; only its status moves on, once, and only where the decisions or the clock bear it out.
create function mo.check_approval() returns trigger
language plpgsql as $$
declare
  borne_out boolean;
begin
  if tg_op = 'INSERT' then
    if new.status <> 'pending' and not (new.status = 'approved' and new.approvers_needed = 0) then
      raise exception 'a request starts as pending' using errcode = 'MO002', constraint = 'status-not-borne-out';
    end if;
    return new;
  end if;
  if (to_jsonb(new) - array['status', 'settled_at', 'interrupt_id'])
      <> (to_jsonb(old) - array['status', 'settled_at', 'interrupt_id'])
    or (old.interrupt_id is not null and new.interrupt_id is distinct from old.interrupt_id)
  then
    raise exception 'a request is written once' using errcode = 'MO001', constraint = 'written-once';
  end if;
  if new.status = old.status and new.settled_at is not distinct from old.settled_at then
    return new;
  end if;
  borne_out := old.status = 'pending' and case new.status
    when 'approved' then new.approvers_needed <= (
      select count(*) from mo.approval_decisions given
      where given.approval_id = new.approval_id and given.decision = 'approve')
    when 'rejected' then exists (
      select from mo.approval_decisions given
      where given.approval_id = new.approval_id and given.decision = 'reject')
    when 'expired' then clock_timestamp() >= new.expires_at
    else new.status in ('superseded', 'withdrawn')
  end;
  if not borne_out then
    raise exception 'status % does not follow from % and the decisions', new.status, old.status
      using errcode = 'MO002', constraint = 'status-not-borne-out';
  end if;
  return new;
end $$;
create trigger check_approval before insert or update on mo.approvals
  for each row execute function mo.check_approval();
create trigger written_once before delete on mo.approvals
  for each row execute function mo.refuse_change();
create trigger written_once_truncate before truncate on mo.approvals
  for each statement execute function mo.refuse_change();
