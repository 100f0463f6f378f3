-- The whole life of a request, from the draft to the verified change. The steps are those of rules/governance/approval-life.ts; a test holds
-- the two tables to each other.

create table mo.approval_steps (
  from_status text not null,
  event text not null,
  to_status text not null,
  primary key (from_status, event)
);
insert into mo.approval_steps (from_status, event, to_status) values
  ('draft', 'propose', 'proposed'),
  ('draft', 'withdraw', 'withdrawn'),
  ('proposed', 'ask', 'pending'),
  ('proposed', 'pass_by_rule', 'approved'),
  ('proposed', 'supersede', 'superseded'),
  ('proposed', 'withdraw', 'withdrawn'),
  ('pending', 'approve', 'approved'),
  ('pending', 'reject', 'rejected'),
  ('pending', 'expire', 'expired'),
  ('pending', 'supersede', 'superseded'),
  ('pending', 'withdraw', 'withdrawn'),
  ('approved', 'apply', 'applying'),
  ('approved', 'supersede', 'superseded'),
  ('approved', 'withdraw', 'withdrawn'),
  ('applying', 'confirm', 'applied'),
  ('applying', 'fail', 'failed'),
  ('applied', 'verify', 'verified'),
  ('applied', 'fail', 'failed'),
  ('applied', 'roll_back', 'rolled_back'),
  ('verified', 'roll_back', 'rolled_back'),
  ('failed', 'apply', 'applying'),
  ('failed', 'roll_back', 'rolled_back');
create trigger written_once before insert or update or delete on mo.approval_steps
  for each row execute function mo.refuse_change();
create trigger written_once_truncate before truncate on mo.approval_steps
  for each statement execute function mo.refuse_change();

-- Texts of policies that requests are bound to, by the hash of their bytes: a request proposed anew may stand under a newer policy than
-- its review was frozen to.
create table mo.policies (
  policy_sha256 text primary key,
  policy text not null,
  added_at timestamptz not null default now(),
  check (policy_sha256 = encode(sha256(convert_to(policy, 'UTF8')), 'hex'))
);
create trigger written_once before update or delete on mo.policies
  for each row execute function mo.refuse_change();
create trigger written_once_truncate before truncate on mo.policies
  for each statement execute function mo.refuse_change();

alter table mo.approvals
  drop constraint approvals_status_check,
  drop constraint approvals_check1,
  add constraint approvals_status_check check (status in (
    'draft', 'proposed', 'pending', 'approved', 'applying', 'applied', 'verified',
    'rejected', 'expired', 'superseded', 'withdrawn', 'failed', 'rolled_back')),
  add constraint approvals_settled_check
    check ((status in ('draft', 'proposed', 'pending')) = (settled_at is null)),
  -- The request this one takes the place of: it was amended, or what it rested on changed.
  add column supersedes text references mo.approvals,
  -- Canonical JSON of what the move was compared with; facts_sha256 is of these bytes.
  add column facts text not null default '{}',
  -- Canonical JSON, what differs from the superseded request: [{"what", "before", "after"}].
  add column difference text not null default '[]',
  -- Canonical JSON: how an applied move may be undone without asking again, or null when it may not.
  add column rollback text,
  -- What the giver has left to give, as the data stood when the request was made; null: not measured.
  add column remainder_minor bigint,
  add column planned_minor bigint,
  add column status_reason text,
  add column status_at timestamptz not null default now();
-- Two amendments at once: one takes the place, the other is refused.
create unique index approvals_one_successor on mo.approvals (supersedes) where supersedes is not null;

create or replace function mo.check_approval() returns trigger
language plpgsql as $$
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
  -- Settled is when people's part ended; what becomes of the money afterwards has its time in status_at.
  new.settled_at := case when new.status in ('proposed', 'pending') then null
    when old.settled_at is not null then old.settled_at
    else coalesce(new.settled_at, clock_timestamp()) end;
  new.status_at := clock_timestamp();
  return new;
end $$;
