-- Calls of language models: a row exists before a call is made and is completed by its answer, once. What the narrator goes on with after a
-- crash is in `outcome`; the raw answer is kept only encrypted, and only for as long as the policy says.

create table mo.llm_calls (
  review_id text not null references mo.reviews,
  stage text not null check (stage <> ''),
  attempt integer not null check (attempt between 1 and 3),
  format text not null check (format in ('json_schema', 'json_object', 'none')),
  request_sha256 text not null check (request_sha256 ~ '^[0-9a-f]{64}$'),
  prompt_version text not null,
  prompt_sha256 text not null check (prompt_sha256 ~ '^[0-9a-f]{64}$'),
  catalogue_sha256 text not null check (catalogue_sha256 ~ '^[0-9a-f]{64}$'),
  requested_model text not null,
  begun_at timestamptz not null default clock_timestamp(),
  -- How often it was begun: more than once after a crash between the request and the record of its answer.
  begun integer not null default 1 check (begun > 0),
  reserved_tokens bigint not null check (reserved_tokens >= 0),
  -- Millionths of the price list's currency; null: not measured.
  reserved_cost_micros bigint check (reserved_cost_micros >= 0),
  reserved_ms bigint not null check (reserved_ms >= 0),
  finished_at timestamptz,
  outcome text,
  http_status integer,
  returned_model text,
  input_tokens bigint check (input_tokens >= 0),
  output_tokens bigint check (output_tokens >= 0),
  cost_micros bigint check (cost_micros >= 0),
  prices_as_of date,
  bytes bigint check (bytes >= 0),
  latency_ms bigint check (latency_ms >= 0),
  response_sha256 text check (response_sha256 ~ '^[0-9a-f]{64}$'),
  raw_reply text,
  keep_raw_until timestamptz,
  primary key (review_id, stage, attempt, format, request_sha256),
  check ((finished_at is null) = (outcome is null)),
  check ((raw_reply is null) or (keep_raw_until is not null))
);
create index llm_calls_by_day on mo.llm_calls (begun_at);
create index llm_calls_raw on mo.llm_calls (keep_raw_until) where raw_reply is not null;

-- A finished call is history: only its raw answer may go.
create function mo.check_llm_call() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if old.finished_at is not null and (to_jsonb(new) - 'raw_reply' - 'keep_raw_until')
      is distinct from (to_jsonb(old) - 'raw_reply' - 'keep_raw_until') then
    raise exception 'a finished call is never changed' using errcode = 'MO003';
  end if;
  if old.finished_at is not null and new.raw_reply is not null then
    raise exception 'a raw answer is only removed' using errcode = 'MO003';
  end if;
  return new;
end $$;
create trigger check_llm_call before update on mo.llm_calls
  for each row execute function mo.check_llm_call();

-- A person's yes to the fluent words of a stage, bound to their very bytes.
create table mo.narrative_approvals (
  review_id text not null references mo.reviews,
  stage text not null check (stage <> ''),
  text_sha256 text not null check (text_sha256 ~ '^[0-9a-f]{64}$'),
  person text not null check (person <> ''),
  approved_at timestamptz not null default clock_timestamp(),
  primary key (review_id, stage)
);
