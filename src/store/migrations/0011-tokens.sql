-- Tokens bind decisions: whoever writes a decision down, the database looks at the token it was made with.

-- Whether the policy a request is bound to takes decisions without a token.
alter table mo.approvals add column token_required boolean not null default false;
alter table mo.approval_decisions add column token_id text references mo.api_tokens;

create function mo.check_token_of_decision() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  held mo.api_tokens;
  asked record;
begin
  select a.token_required, r.workspace into asked
  from mo.approvals a join mo.reviews r using (review_id) where a.approval_id = new.approval_id;
  if new.token_id is null then
    if asked.token_required then perform mo.refuse_decision('token-required'); end if;
    return new;
  end if;
  -- The lock keeps a revocation waiting until this decision is on record, or the other way round.
  select * into held from mo.api_tokens where token_id = new.token_id for share;
  if not found or (held.person, held.workspace) is distinct from (new.person, asked.workspace)
  then perform mo.refuse_decision('token-of-another'); end if;
  if held.revoked_at is not null then perform mo.refuse_decision('token-revoked'); end if;
  if clock_timestamp() >= held.expires_at then perform mo.refuse_decision('token-expired'); end if;
  if not 'approve' = any (held.scopes) then perform mo.refuse_decision('token-out-of-scope'); end if;
  return new;
end $$;
-- Runs after check_decision, which locks the request: triggers run by name.
create trigger check_token before insert on mo.approval_decisions
  for each row execute function mo.check_token_of_decision();

-- A token begins when it is written, and lives on the database's clock.
create function mo.begin_token() returns trigger
language plpgsql as $$
begin
  new.created_at := clock_timestamp();
  new.revoked_at := null;
  new.last_used_at := null;
  return new;
end $$;
create trigger begin_token before insert on mo.api_tokens
  for each row execute function mo.begin_token();
create trigger written_once before delete on mo.api_tokens
  for each row execute function mo.refuse_change();
create trigger written_once_truncate before truncate on mo.api_tokens
  for each statement execute function mo.refuse_change();
