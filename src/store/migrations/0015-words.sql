-- Who may say yes to the prose of a model is decided by the database too: it holds a decision to who may decide in the review, to the prose
-- that is on record, and to the token it was made with.

-- People whom the policy of the review lets decide, without those who edited it; null: a review of before this step, judged by the program alone.
alter table mo.reviews
  add column words_approvers text[],
  add column token_required boolean not null default false;
alter table mo.narrative_decisions add column token_id text references mo.api_tokens;

create function mo.check_words_decision() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  about mo.reviews;
  prose jsonb;
  held mo.api_tokens;
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
  if new.token_id is null then
    if about.token_required then perform mo.refuse_decision('token-required'); end if;
    return new;
  end if;
  -- The lock keeps a revocation waiting until this decision is on record, or the other way round.
  select * into held from mo.api_tokens where token_id = new.token_id for share;
  if not found or (held.person, held.workspace) is distinct from (new.person, about.workspace)
  then perform mo.refuse_decision('token-of-another'); end if;
  if held.revoked_at is not null then perform mo.refuse_decision('token-revoked'); end if;
  if clock_timestamp() >= held.expires_at then perform mo.refuse_decision('token-expired'); end if;
  if not 'approve' = any (held.scopes) then perform mo.refuse_decision('token-out-of-scope'); end if;
  return new;
end $$;
create trigger check_decision before insert on mo.narrative_decisions
  for each row execute function mo.check_words_decision();
