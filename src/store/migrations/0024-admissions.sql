-- Which policy is in force, since when, and who answers for it. A policy was admitted by whoever ran a review first, in nobody's name: who raised
-- the limit of one's own and ran a review could then approve under it, unless the file itself said who had edited it. And whoever could write
-- the file could go back to an older one, or switch tokens off in it.

create table mo.policy_admissions (
  -- Given by the trigger below, so that a restored table goes on counting.
  seq bigint primary key,
  -- The company's name, which its reviews carry.
  workspace text not null,
  policy_sha256 text not null references mo.policies,
  version text,
  -- The policy that was in force until then.
  previous_sha256 text references mo.policies,
  -- Null: nobody is named, a review brought it along.
  admitted_by text check (admitted_by not like 'system:%' and admitted_by <> ''),
  token_id text references mo.api_tokens,
  -- Who decides nothing under it: whoever answers for it, or, where nobody does, whoever answered for what it follows on.
  editors text[] not null default '{}',
  -- Given with a row and never kept.
  token_secret text check (token_secret is null),
  admitted_at timestamptz not null default clock_timestamp(),
  -- Of before this step: the audit log does not tell of it.
  is_untold boolean not null default false
);
create index policy_admissions_workspace on mo.policy_admissions (workspace, seq);

-- What was admitted so far. In force is the policy of the newest review.
insert into mo.policy_admissions (seq, workspace, policy_sha256, previous_sha256, admitted_at, is_untold)
with used as (
  select p.*, coalesce((select max(r.created_at) from mo.reviews r
    where r.policy_sha256 = p.policy_sha256 and r.workspace = p.workspace), p.admitted_at) as used_at
  from mo.policy_rights p
)
select row_number() over (order by used_at, policy_sha256), workspace, policy_sha256, lag(policy_sha256) over (partition by workspace order by used_at, policy_sha256), admitted_at, true
from used;

create trigger written_once before update or delete on mo.policy_admissions
  for each row execute function mo.refuse_change();
create trigger written_once_truncate before truncate on mo.policy_admissions
  for each statement execute function mo.refuse_change();

-- Null: none of the company was admitted yet.
create function mo.policy_in_force(of_workspace text) returns text
language sql stable set search_path = pg_catalog, pg_temp as $$
  select policy_sha256 from mo.policy_admissions where workspace = of_workspace order by seq desc limit 1
$$;

-- Who ever answered for a policy counts as one who edited it; so does who answered for what it follows on, until somebody else answers for it.
create function mo.editors_of(of_workspace text, of_policy text) returns jsonb
language sql stable set search_path = pg_catalog, pg_temp as $$
  select coalesce(jsonb_agg(distinct editor), '[]') from (
    select admitted_by from mo.policy_admissions
    where workspace = of_workspace and policy_sha256 = of_policy and admitted_by is not null
    union
    select unnest(last.editors) from (select editors from mo.policy_admissions
      where workspace = of_workspace and policy_sha256 = of_policy order by seq desc limit 1) last
  ) each (editor)
$$;

create function mo.check_admission() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  last mo.policy_admissions;
  granted jsonb;
  held mo.api_tokens;
begin
  -- One after the other, or two would follow on the same policy.
  perform pg_advisory_xact_lock(7301011);
  select * into last from mo.policy_admissions where workspace = new.workspace order by seq desc limit 1;
  if last.policy_sha256 = new.policy_sha256 and (new.admitted_by is null or last.editors @> array[new.admitted_by])
  then return null; end if;
  -- Whoever decided under a policy cannot answer for it afterwards: the decision would count.
  if exists (select from mo.approval_decisions d where d.policy_sha256 = new.policy_sha256 and new.admitted_by in (d.person, d.principal))
  then perform mo.refuse_decision('conflict-of-interest'); end if;
  select rights::jsonb into granted from mo.policy_rights where policy_sha256 = last.policy_sha256 and workspace = new.workspace;
  if new.token_id is null then
    -- The policy in force says whether a name is enough, not the one that is to follow it.
    if (granted ->> 'requireToken')::boolean then perform mo.refuse_decision('token-required'); end if;
  else
    select * into held from mo.api_tokens where token_id = new.token_id for share;
    if not found or (held.person, held.workspace) is distinct from (new.admitted_by, new.workspace)
    then perform mo.refuse_decision('token-of-another'); end if;
    if not mo.is_secret_of(held, new.token_secret) then perform mo.refuse_decision('token-not-proven'); end if;
    if held.revoked_at is not null then perform mo.refuse_decision('token-revoked'); end if;
    if clock_timestamp() >= held.expires_at then perform mo.refuse_decision('token-expired'); end if;
    if not 'admit' = any (held.scopes) then perform mo.refuse_decision('token-out-of-scope'); end if;
  end if;
  -- Decisions name the version they were made under: who answers for a policy gives it one of its own.
  if new.admitted_by is not null and exists (select from mo.policy_admissions earlier
    where earlier.workspace = new.workspace and earlier.version = new.version and earlier.policy_sha256 <> new.policy_sha256)
  then perform mo.refuse_decision('version-taken'); end if;
  new.editors := case when new.admitted_by is null then coalesce(last.editors, '{}')
    when last.policy_sha256 = new.policy_sha256 then last.editors || new.admitted_by
    else array[new.admitted_by] end;
  new.seq := (select coalesce(max(seq), 0) + 1 from mo.policy_admissions);
  new.token_secret := null;
  new.previous_sha256 := last.policy_sha256;
  new.admitted_at := clock_timestamp();
  new.is_untold := false;
  return new;
end $$;
create trigger check_admission before insert on mo.policy_admissions
  for each row execute function mo.check_admission();
create trigger a_present_view before insert on mo.policy_admissions
  for each statement execute function mo.refuse_stale_view();

-- Each admission has its row on the audit log, and each such row its admission: who, which version, and after which policy.
create function mo.admission_is_told() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  policy constant text := case tg_table_name when 'audit_log' then to_jsonb(new) ->> 'subject' else to_jsonb(new) ->> 'policy_sha256' end;
begin
  if exists (
    (select coalesce(admitted_by, 'system:review'), jsonb_build_object('version', version, 'tokenId', token_id, 'workspace', workspace), previous_sha256, count(*)
      from mo.policy_admissions where policy_sha256 = policy and not is_untold group by 1, 2, 3)
    except
    (select l.actor, l.entry::jsonb -> 'after', l.entry::jsonb -> 'before' ->> 'policySha256', count(*)
      from mo.audit_log l where l.subject = policy and l.action = 'policy.admitted' group by 1, 2, 3)
  ) or exists (
    (select l.actor, l.entry::jsonb -> 'after', l.entry::jsonb -> 'before' ->> 'policySha256', count(*)
      from mo.audit_log l where l.subject = policy and l.action = 'policy.admitted' group by 1, 2, 3)
    except
    (select coalesce(admitted_by, 'system:review'), jsonb_build_object('version', version, 'tokenId', token_id, 'workspace', workspace), previous_sha256, count(*)
      from mo.policy_admissions where policy_sha256 = policy and not is_untold group by 1, 2, 3)
  ) then
    raise exception 'the audit log tells of each admission of a policy, once' using errcode = 'MO001', constraint = 'not-on-the-log';
  end if;
  return null;
end $$;
create constraint trigger is_logged after insert on mo.policy_admissions deferrable initially deferred
  for each row execute function mo.admission_is_told();
create constraint trigger is_admitted after insert on mo.audit_log deferrable initially deferred
  for each row when (new.action = 'policy.admitted') execute function mo.admission_is_told();

-- Whoever issues tokens could decide in anybody's name: of one request, nobody decides beside a person whose token is of the own making.
-- Nobody decides under a policy one answers for, whenever one said so; nor under one that is no longer in force.
create function mo.check_editors() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  asked record;
begin
  -- Whoever admits a policy meanwhile waits until this decision is on record, or the other way round.
  perform pg_advisory_xact_lock_shared(7301011);
  select a.policy_sha256, r.workspace into asked
  from mo.approvals a join mo.reviews r using (review_id) where a.approval_id = new.approval_id;
  if mo.editors_of(asked.workspace, asked.policy_sha256) ?| array[new.person, new.on_behalf_of]
  then perform mo.refuse_decision('conflict-of-interest'); end if;
  if exists (select from mo.api_tokens t join mo.approval_decisions d on d.approval_id = new.approval_id
      where t.token_id = new.token_id and t.created_by in (d.person, d.principal))
    or exists (select from mo.approval_decisions d join mo.api_tokens t on t.token_id = d.token_id
      where d.approval_id = new.approval_id and t.created_by in (new.person, new.on_behalf_of))
  then perform mo.refuse_decision('token-of-own-making'); end if;
  if asked.policy_sha256 <> mo.policy_in_force(asked.workspace) then perform mo.refuse_decision('changed-since'); end if;
  return new;
end $$;
create trigger check_editors before insert on mo.approval_decisions
  for each row execute function mo.check_editors();

create function mo.check_editors_of_words() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  about mo.reviews;
begin
  select * into about from mo.reviews where review_id = new.review_id;
  if mo.editors_of(about.workspace, about.policy_sha256) ? new.person then perform mo.refuse_decision('conflict-of-interest'); end if;
  return new;
end $$;
create trigger check_editors before insert on mo.narrative_decisions
  for each row execute function mo.check_editors_of_words();
