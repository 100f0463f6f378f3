-- Who is asked and told, what is sent to them, and the tokens they act with.

-- What was done about a request that waits, once each: asked, reminded, escalated to somebody else.
create table mo.approval_notices (
  approval_id text not null references mo.approvals,
  kind text not null check (kind in ('asked', 'reminded', 'escalated')),
  person text not null check (person <> ''),
  noticed_at timestamptz not null default clock_timestamp(),
  primary key (approval_id, kind, person)
);
create trigger written_once before update or delete on mo.approval_notices
  for each row execute function mo.refuse_change();
create trigger written_once_truncate before truncate on mo.approval_notices
  for each statement execute function mo.refuse_change();

-- Messages to be sent. A row is written with what it tells of; sending is tried until it succeeds.
create table mo.outbox (
  message_key text primary key,
  workspace text not null,
  recipient text not null,
  subject text not null,
  body text not null,
  created_at timestamptz not null default clock_timestamp(),
  sent_at timestamptz,
  attempts integer not null default 0,
  last_error text
);
create index outbox_unsent on mo.outbox (created_at) where sent_at is null;

create function mo.keep_message() returns trigger
language plpgsql as $$
declare
  moving constant text[] := array['sent_at', 'attempts', 'last_error'];
begin
  if (to_jsonb(new) - moving) <> (to_jsonb(old) - moving) or old.sent_at is not null then
    raise exception 'a message is written and sent once' using errcode = 'MO001', constraint = 'written-once';
  end if;
  return new;
end $$;
create trigger keep_message before update on mo.outbox
  for each row execute function mo.keep_message();

-- Tokens: the secret itself is shown once and never kept.
create table mo.api_tokens (
  token_id text primary key,
  workspace text not null,
  person text not null check (person <> ''),
  label text not null,
  scopes text[] not null check (cardinality(scopes) > 0),
  secret_sha256 text not null unique check (secret_sha256 ~ '^[0-9a-f]{64}$'),
  created_by text not null,
  created_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null,
  revoked_at timestamptz,
  last_used_at timestamptz,
  check (expires_at > created_at and expires_at <= created_at + interval '366 days')
);

create function mo.keep_token() returns trigger
language plpgsql as $$
declare
  moving constant text[] := array['revoked_at', 'last_used_at'];
begin
  if (to_jsonb(new) - moving) <> (to_jsonb(old) - moving)
    or (old.revoked_at is not null and new.revoked_at is distinct from old.revoked_at) then
    raise exception 'a token is written once' using errcode = 'MO001', constraint = 'written-once';
  end if;
  return new;
end $$;
create trigger keep_token before update on mo.api_tokens
  for each row execute function mo.keep_token();
