-- No deed without its row on the audit log, and no row that tells of a deed nobody did: both are in one transaction, or neither is. So who
-- writes as the application can do nothing about requests, decisions and tokens that the log, which nobody rewrites, does not show.

create function mo.refuse_unlogged(what text) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  raise exception '% is refused: the audit log does not tell of it', what using errcode = 'MO001', constraint = 'not-on-the-log';
end $$;

create function mo.request_is_logged() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  told constant text[] := case
    when tg_op = 'INSERT' then array['approval.requested', 'approval.refused_by_books']
    when new.status in ('approved', 'rejected') then array['approval.decided', 'approval.' || new.status]
    when new.status = 'withdrawn' then array['approval.withdrawn', 'approval.refused_by_books']
    else array['approval.' || new.status]
  end;
begin
  if not exists (select from mo.audit_log l where l.subject = new.approval_id and l.action = any (told))
  then perform mo.refuse_unlogged('a request that is ' || new.status); end if;
  return null;
end $$;
-- At the end of the transaction, because the row of the log comes last.
create constraint trigger is_logged after insert or update of status on mo.approvals deferrable initially deferred
  for each row execute function mo.request_is_logged();

create function mo.decision_is_logged() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if not exists (select from mo.audit_log l where l.subject = new.approval_id and l.action = 'approval.decided'
    and l.actor = new.person and l.entry::jsonb ->> 'onBehalfOf' is not distinct from new.on_behalf_of
    and l.entry::jsonb -> 'after' ->> 'decision' = new.decision and l.entry::jsonb ->> 'reason' = new.reason)
  then perform mo.refuse_unlogged('a decision'); end if;
  return null;
end $$;
create constraint trigger is_logged after insert on mo.approval_decisions deferrable initially deferred
  for each row execute function mo.decision_is_logged();

create function mo.words_are_logged() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if not exists (select from mo.audit_log l where l.subject = new.review_id || '/' || new.stage and l.actor = new.person
    and l.action = case new.decision when 'approve' then 'narrative.approved' else 'narrative.rejected' end
    and l.entry::jsonb -> 'after' ->> 'textSha256' = new.text_sha256)
  then perform mo.refuse_unlogged('a decision'); end if;
  return null;
end $$;
create constraint trigger is_logged after insert on mo.narrative_decisions deferrable initially deferred
  for each row execute function mo.words_are_logged();

create function mo.token_is_logged() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if not exists (select from mo.audit_log l where l.subject = new.token_id and l.action = 'token.created' and l.actor = new.created_by)
  then perform mo.refuse_unlogged('a token'); end if;
  return null;
end $$;
create constraint trigger is_logged after insert on mo.api_tokens deferrable initially deferred
  for each row execute function mo.token_is_logged();

-- The other way round: what a row of the log says was done is on record, and is told of once.
create function mo.deed_is_done() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  told constant jsonb := new.entry::jsonb;
  done boolean;
begin
  done := case new.action
    when 'approval.requested' then exists (select from mo.approvals a where a.approval_id = new.subject)
    when 'approval.decided' then exists (select from mo.approval_decisions d where d.approval_id = new.subject and d.person = new.actor
      and d.on_behalf_of is not distinct from told ->> 'onBehalfOf' and d.decision = told -> 'after' ->> 'decision')
    when 'token.created' then exists (select from mo.api_tokens t where t.token_id = new.subject and t.created_by = new.actor)
    when 'token.revoked' then exists (select from mo.api_tokens t where t.token_id = new.subject and t.revoked_at is not null)
    else exists (select from mo.narrative_decisions d where d.review_id || '/' || d.stage = new.subject and d.person = new.actor
      and d.text_sha256 = told -> 'after' ->> 'textSha256'
      and new.action = case d.decision when 'approve' then 'narrative.approved' else 'narrative.rejected' end)
  end;
  if not done or exists (select from mo.audit_log l where l.subject = new.subject and l.action = new.action and l.actor = new.actor
    and l.seq < new.seq and l.entry::jsonb -> 'after' = told -> 'after') then
    raise exception 'the audit log tells of what was done, once' using errcode = 'MO001', constraint = 'not-done';
  end if;
  return null;
end $$;
create constraint trigger is_done after insert on mo.audit_log deferrable initially deferred
  for each row when (new.action in ('approval.requested', 'approval.decided', 'token.created', 'token.revoked', 'narrative.approved',
    'narrative.rejected'))
  execute function mo.deed_is_done();
