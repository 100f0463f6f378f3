-- Sessions of browsers: each is begun with a token, lives no longer than it, and ends with it. The secret is in a cookie and nowhere else.
create table mo.sessions (
  secret_sha256 text primary key check (secret_sha256 ~ '^[0-9a-f]{64}$'),
  token_id text not null references mo.api_tokens,
  begun_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null,
  ended_at timestamptz,
  check (expires_at > begun_at and expires_at <= begun_at + interval '24 hours')
);

-- Begins when it is written, on the database's clock, and only with a token that lives.
create function mo.begin_session() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  held mo.api_tokens;
begin
  select * into held from mo.api_tokens where token_id = new.token_id for share;
  if not found or held.revoked_at is not null or clock_timestamp() >= held.expires_at then
    raise exception 'a session needs a token that lives' using errcode = 'MO002', constraint = 'token-not-live';
  end if;
  new.begun_at := clock_timestamp();
  new.expires_at := least(new.expires_at, held.expires_at);
  new.ended_at := null;
  return new;
end $$;
create trigger begin_session before insert on mo.sessions
  for each row execute function mo.begin_session();

create function mo.keep_session() returns trigger
language plpgsql as $$
begin
  if (to_jsonb(new) - 'ended_at') <> (to_jsonb(old) - 'ended_at') or old.ended_at is not null then
    raise exception 'a session is written once and ended once' using errcode = 'MO001', constraint = 'written-once';
  end if;
  return new;
end $$;
create trigger keep_session before update on mo.sessions
  for each row execute function mo.keep_session();
