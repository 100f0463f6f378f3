-- Whoever decides with a token shows its secret to the database, which compares and forgets it: the id of a token stands in logs and tables for
-- everybody to read, and a statement that names one proves nothing. Tokens themselves are written by the owner of the tables alone (grants.sql).

-- Given with a row and never kept.
alter table mo.approval_decisions add column token_secret text check (token_secret is null);
alter table mo.narrative_decisions add column token_secret text check (token_secret is null);
alter table mo.sessions add column token_secret text check (token_secret is null);

create function mo.is_secret_of(held mo.api_tokens, secret text) returns boolean
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select coalesce(encode(sha256(convert_to(secret, 'UTF8')), 'hex') = held.secret_sha256, false)
$$;

-- Is a decision of this person made with a token that is good for it?
create function mo.check_token(given_id text, given_secret text, of_person text, of_workspace text, is_required boolean) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  held mo.api_tokens;
begin
  if given_id is null then
    if is_required then perform mo.refuse_decision('token-required'); end if;
    return;
  end if;
  -- The lock keeps a revocation waiting until this decision is on record, or the other way round.
  select * into held from mo.api_tokens where token_id = given_id for share;
  if not found or (held.person, held.workspace) is distinct from (of_person, of_workspace)
  then perform mo.refuse_decision('token-of-another'); end if;
  if not mo.is_secret_of(held, given_secret) then perform mo.refuse_decision('token-not-proven'); end if;
  if held.revoked_at is not null then perform mo.refuse_decision('token-revoked'); end if;
  if clock_timestamp() >= held.expires_at then perform mo.refuse_decision('token-expired'); end if;
  if not 'approve' = any (held.scopes) then perform mo.refuse_decision('token-out-of-scope'); end if;
end $$;

create or replace function mo.check_token_of_decision() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  asked record;
begin
  select a.token_required, r.workspace into asked
  from mo.approvals a join mo.reviews r using (review_id) where a.approval_id = new.approval_id;
  perform mo.check_token(new.token_id, new.token_secret, new.person, asked.workspace, asked.token_required);
  new.token_secret := null;
  return new;
end $$;

create or replace function mo.check_words_decision() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  about mo.reviews;
  prose jsonb;
begin
  -- The clock is the database's: nobody can date a decision back.
  new.decided_at := clock_timestamp();
  select * into about from mo.reviews where review_id = new.review_id;
  if not found then perform mo.refuse_decision('not-found'); end if;
  select result::jsonb -> 'narrative' -> 'fluent' into prose from mo.stage_results
  where review_id = new.review_id and stage = new.stage;
  if prose is null then perform mo.refuse_decision('not-found'); end if;
  -- The proposer is whoever wrote what is on record, so nobody can decide on one's own words by naming another.
  if new.proposer is distinct from 'model:' || (prose ->> 'model')
  then perform mo.refuse_decision('not-the-proposer'); end if;
  if new.person like 'model:%' or new.person like 'system:%'
  then perform mo.refuse_decision('own-proposal'); end if;
  if about.words_approvers is not null and not new.person = any (about.words_approvers)
  then perform mo.refuse_decision('not-an-approver'); end if;
  if exists (select from mo.narrative_decisions earlier
    where (earlier.review_id, earlier.stage, earlier.text_sha256, earlier.facts_sha256)
      = (new.review_id, new.stage, new.text_sha256, new.facts_sha256))
  then perform mo.refuse_decision('already-decided'); end if;
  perform mo.check_token(new.token_id, new.token_secret, new.person, about.workspace, about.token_required);
  new.token_secret := null;
  return new;
end $$;

create or replace function mo.begin_session() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  held mo.api_tokens;
begin
  select * into held from mo.api_tokens where token_id = new.token_id for share;
  if not found or held.revoked_at is not null or clock_timestamp() >= held.expires_at then
    raise exception 'a session needs a token that lives' using errcode = 'MO002', constraint = 'token-not-live';
  end if;
  if not mo.is_secret_of(held, new.token_secret) then
    raise exception 'a session is begun by whoever holds the token' using errcode = 'MO002', constraint = 'token-not-proven';
  end if;
  new.token_secret := null;
  new.begun_at := clock_timestamp();
  new.expires_at := least(new.expires_at, held.expires_at);
  new.ended_at := null;
  return new;
end $$;
