-- The audit log: append-only, numbered without gaps, each row hashed together with the hash of the row before it.

create table mo.audit_log (
  seq bigint primary key,
  -- UTC with microseconds; text, because these very bytes are hashed.
  at text not null,
  entry text not null,
  previous_hash text not null,
  hash text not null unique,
  action text not null generated always as (entry::jsonb ->> 'action') stored,
  actor text not null generated always as (entry::jsonb ->> 'actor') stored,
  review_id text generated always as (entry::jsonb ->> 'reviewId') stored,
  subject text generated always as (entry::jsonb ->> 'subject') stored
);
create index audit_log_by_review on mo.audit_log (review_id, seq);
create index audit_log_by_subject on mo.audit_log (subject, seq);

-- The database numbers, dates and hashes a row, whatever the writer gave. The hash is over the canonical JSON (RFC 8785) of
-- {at, entry, previousHash, seq}; every part but the entry is plain ASCII, and the entry comes in canonical form.
create function mo.chain_audit_row() returns trigger
language plpgsql as $$
declare
  last record;
begin
  -- One writer at a time until its transaction ends: the next row must see this one or know that it never was.
  perform pg_advisory_xact_lock(7301004);
  select seq, hash into last from mo.audit_log order by seq desc limit 1;
  new.seq := coalesce(last.seq, 0) + 1;
  new.previous_hash := coalesce(last.hash, repeat('0', 64));
  new.at := to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');
  new.hash := encode(sha256(convert_to(
    '{"at":"' || new.at || '","entry":' || new.entry || ',"previousHash":"' || new.previous_hash
      || '","seq":' || new.seq || '}', 'UTF8')), 'hex');
  return new;
end $$;
create trigger chain before insert on mo.audit_log
  for each row execute function mo.chain_audit_row();
create trigger written_once before update or delete on mo.audit_log
  for each row execute function mo.refuse_change();
create trigger written_once_truncate before truncate on mo.audit_log
  for each statement execute function mo.refuse_change();
