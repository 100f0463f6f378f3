-- Who may decide what, in a form the database can read. It cannot read a policy, so who wrote as the application could file a request with
-- deciders of its own, or one that asks nobody. Now the owner of the tables keeps, beside the text of each policy, what it says of rights,
-- and a request is held to it.

create table mo.policy_rights (
  policy_sha256 text primary key references mo.policies,
  -- The company's name, which its reviews carry.
  workspace text not null,
  -- Canonical JSON, see src/people/policy-rights.ts.
  rights text not null,
  admitted_at timestamptz not null default clock_timestamp()
);
create trigger written_once before update or delete on mo.policy_rights
  for each row execute function mo.refuse_change();
create trigger written_once_truncate before truncate on mo.policy_rights
  for each statement execute function mo.refuse_change();

-- ISO 4217, list one, column "Mnr"; a test holds it to rules/kernel/currency.ts.
create function mo.minor_per_major(currency text) returns numeric
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select case
    when currency = any (string_to_array('BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF', ' ')) then 1
    when currency = any (string_to_array('BHD IQD JOD KWD LYD OMR TND', ' ')) then 1000
    when currency = any (string_to_array('CLF UYW', ' ')) then 10000
    else 100 end
$$;

create function mo.refuse_request(reason text) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  raise exception 'the request is refused: %', reason using errcode = 'MO002', constraint = reason;
end $$;

-- What a request asks rights for.
create type mo.asked_right as (tier jsonb, amount numeric, is_increase boolean);

-- May this person decide it by a right of one's own? The rule is that of rules/governance/decision-rights.ts.
create function mo.may_decide(granted jsonb, person_id text, asked mo.asked_right, per_major numeric) returns boolean
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select exists (
    select from jsonb_array_elements(granted -> 'people') person
    where person ->> 'id' = person_id and not granted -> 'editedBy' ? person_id
      and person -> 'mayApprove' ? ((asked).tier ->> 'id')
      and ((asked).tier -> 'roles' = '[]' or exists (
        select from jsonb_array_elements_text(person -> 'roles') role where (asked).tier -> 'roles' ? role))
      and ((person ->> 'limit') is null or (asked).amount <= (person ->> 'limit')::numeric * per_major)
      and (not (asked).is_increase or person -> 'mayApprove' ? 'increase'))
$$;

-- Is one of the deciders whom a request names borne out by the policy?
create function mo.is_granted(granted jsonb, decider jsonb, asked mo.asked_right, per_major numeric) returns boolean
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select mo.may_decide(granted, decider ->> 'principal', asked, per_major) and case
    when decider ->> 'person' = decider ->> 'principal' then true
    else not granted -> 'editedBy' ? (decider ->> 'person') and exists (
      select from jsonb_array_elements(granted -> 'delegations') lent
      where lent ->> 'from' = decider ->> 'principal' and lent ->> 'to' = decider ->> 'person'
        and lent ->> 'startOn' = decider ->> 'from' and lent ->> 'endOn' = decider ->> 'to'
        and lent -> 'scope' ? ((asked).tier ->> 'id') and (not (asked).is_increase or lent -> 'scope' ? 'increase')
        and (asked).amount <= (lent ->> 'limit')::numeric * per_major)
  end
$$;

-- The lowest tier whose amount holds; the program may ask for a higher one, never for a lower.
create function mo.least_tier(granted jsonb, amount numeric, per_major numeric) returns bigint
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select min(place) from jsonb_array_elements(granted -> 'tiers') with ordinality as each (tier, place)
  where (tier ->> 'maxAmount') is null or amount <= (tier ->> 'maxAmount')::numeric * per_major
$$;

create function mo.check_request() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  plan constant jsonb := new.move::jsonb;
  named constant jsonb := new.deciders::jsonb;
  per_major constant numeric := mo.minor_per_major(plan -> 'amount' ->> 'currency');
  company text;
  granted jsonb;
  place bigint;
  asked mo.asked_right;
begin
  if exists (select from mo.approvals a where a.approval_id = new.approval_id) then return new; end if;
  select r.workspace into company from mo.reviews r where r.review_id = new.review_id;
  select p.rights::jsonb into granted from mo.policy_rights p
  where p.policy_sha256 = new.policy_sha256 and p.workspace = company;
  if not found then perform mo.refuse_request('policy-not-admitted'); end if;
  select each.tier, each.place into asked.tier, place
  from jsonb_array_elements(granted -> 'tiers') with ordinality as each (tier, place) where each.tier ->> 'id' = new.tier;
  asked.amount := (plan -> 'amount' ->> 'minor')::numeric;
  asked.is_increase := plan ->> 'fromLine' is null;
  if place is null or place < mo.least_tier(granted, asked.amount, per_major)
    or new.approvers_needed is distinct from (asked.tier ->> 'approvers')::integer
    or to_jsonb(new.roles) is distinct from asked.tier -> 'roles'
    or new.token_required is distinct from (granted ->> 'requireToken')::boolean
    or not to_jsonb(new.barred) @> (granted -> 'editedBy')
    or (new.rollback::jsonb ->> 'withinDays')::integer > (granted ->> 'rollbackDays')::integer
    or named is null or named -> 'timeZone' is distinct from granted -> 'timeZone'
    or exists (select from jsonb_array_elements(named -> 'people') decider
      where not coalesce(mo.is_granted(granted, decider, asked, per_major), false))
  then perform mo.refuse_request('not-of-the-policy'); end if;
  return new;
end $$;

-- Judged whatever status it begins in; what is on record already stays as it is, and the statement comes to nothing.
create trigger check_request before insert on mo.approvals
  for each row execute function mo.check_request();

-- What passes by rule, nobody looks at: its sums are counted here, by the database's clock.
create function mo.check_automatic() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  plan constant jsonb := new.move::jsonb;
  amount constant numeric := (plan -> 'amount' ->> 'minor')::numeric;
  per_major constant numeric := mo.minor_per_major(plan -> 'amount' ->> 'currency');
  company text;
  granted jsonb;
  tier jsonb;
  this_month numeric;
  on_line numeric;
begin
  if tg_op = 'INSERT' and exists (select from mo.approvals a where a.approval_id = new.approval_id) then return new; end if;
  select r.workspace into company from mo.reviews r where r.review_id = new.review_id;
  select p.rights::jsonb into granted from mo.policy_rights p where p.policy_sha256 = new.policy_sha256;
  select each into tier from jsonb_array_elements(granted -> 'tiers') each where each ->> 'id' = new.tier;
  -- The lock under which the program files the requests of a company.
  perform pg_advisory_xact_lock(hashtextextended(company, 7301008));
  with passed as (
    select a.move::jsonb as plan, (a.move::jsonb -> 'amount' ->> 'minor')::numeric as minor,
      coalesce(a.settled_at, clock_timestamp()) as at
    from mo.approvals a join mo.reviews r using (review_id)
    where r.workspace = company and a.approvers_needed = 0 and a.approval_id <> new.approval_id
      and a.status in ('proposed', 'pending', 'approved', 'applying', 'applied', 'verified')
  )
  select
    coalesce(sum(minor) filter (where to_char(at at time zone (granted ->> 'timeZone'), 'YYYY-MM')
      = to_char(clock_timestamp() at time zone (granted ->> 'timeZone'), 'YYYY-MM')), 0),
    coalesce(sum(minor) filter (where at > clock_timestamp() - make_interval(days => (granted ->> 'windowDays')::integer)
      and (passed.plan ->> 'fromLine' in (new.move::jsonb ->> 'fromLine', new.move::jsonb ->> 'toLine')
        or passed.plan ->> 'toLine' in (new.move::jsonb ->> 'fromLine', new.move::jsonb ->> 'toLine'))), 0)
  into this_month, on_line from passed;
  if this_month + amount > (tier ->> 'monthlyCap')::numeric * per_major then perform mo.refuse_money('monthly-cap'); end if;
  if on_line + amount > (tier ->> 'maxAmount')::numeric * per_major then perform mo.refuse_money('needs-a-person'); end if;
  return new;
end $$;
create trigger check_rule_pass before insert or update of status on mo.approvals
  for each row when (new.approvers_needed = 0 and new.status in ('proposed', 'pending', 'approved'))
  execute function mo.check_automatic();

-- The same for the prose of models: who may say yes to it is read from the policy its review is frozen to.
create function mo.check_words_rights() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  about mo.reviews;
  granted jsonb;
begin
  select * into about from mo.reviews where review_id = new.review_id;
  select p.rights::jsonb into granted from mo.policy_rights p
  where p.policy_sha256 = about.policy_sha256 and p.workspace = about.workspace;
  if granted is null then
    -- A review of before this step is judged as it was.
    if about.created_at >= (select applied_at from mo.migrations where name = '0019-rights')
    then perform mo.refuse_decision('policy-not-admitted'); end if;
    return new;
  end if;
  if not granted -> 'wordsApprovers' ? new.person then perform mo.refuse_decision('not-an-approver'); end if;
  if new.token_id is null and (granted ->> 'requireToken')::boolean
  then perform mo.refuse_decision('token-required'); end if;
  return new;
end $$;
-- Runs after check_decision, which knows the nearer reasons: triggers run by name.
create trigger check_rights before insert on mo.narrative_decisions
  for each row execute function mo.check_words_rights();
