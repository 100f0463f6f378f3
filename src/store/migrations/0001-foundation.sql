-- Reviews, what their stages found, effects, settings. Texts that are hashed are stored as text, so that their bytes stay.

-- Rows of record are written once. Privileges say so too (grants.sql); the trigger holds for the owner as well.
create function mo.refuse_change() returns trigger
language plpgsql as $$
begin
  raise exception '% of % is refused: its rows are written once', tg_op, tg_table_name
    using errcode = 'MO001', constraint = 'written-once';
end $$;

create table mo.settings (
  name text primary key,
  value text not null,
  updated_at timestamptz not null default now()
);

create table mo.reviews (
  review_id text primary key check (review_id <> ''),
  workspace text not null,
  month text not null check (month ~ '^\d{4}-(0[1-9]|1[0-2])$'),
  as_of text not null,
  status text not null default 'created'
    check (status in ('created', 'running', 'awaiting_approval', 'completed', 'withheld', 'failed')),
  status_detail text,
  policy text not null,
  policy_sha256 text not null check (policy_sha256 ~ '^[0-9a-f]{64}$'),
  manifest text not null,
  input_sha256 text not null check (input_sha256 ~ '^[0-9a-f]{64}$'),
  -- Counts the owners of the review's lock; a write that carries an older number comes from one who lost it.
  fence bigint not null default 0,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index reviews_by_workspace on mo.reviews (workspace, month, created_at);
create index reviews_unfinished on mo.reviews (status) where status in ('created', 'running', 'awaiting_approval');

create table mo.stage_results (
  review_id text not null references mo.reviews,
  stage text not null,
  attempts integer not null default 1 check (attempts >= 1),
  started_at timestamptz not null default now(),
  finished_at timestamptz,
  result text,
  result_sha256 text check (result_sha256 ~ '^[0-9a-f]{64}$'),
  primary key (review_id, stage),
  check ((result is null) = (finished_at is null) and (result is null) = (result_sha256 is null))
);

create function mo.keep_result() returns trigger
language plpgsql as $$
begin
  if old.result is not null then
    raise exception 'the result of stage % of review % is written once', old.stage, old.review_id
      using errcode = 'MO001', constraint = 'written-once';
  end if;
  return new;
end $$;
create trigger keep_result before update on mo.stage_results
  for each row execute function mo.keep_result();

create table mo.effects (
  review_id text not null references mo.reviews,
  stage text not null,
  subject text not null,
  payload text not null,
  applied_at timestamptz not null default now(),
  primary key (review_id, stage, subject)
);
create trigger written_once before update or delete on mo.effects
  for each row execute function mo.refuse_change();
create trigger written_once_truncate before truncate on mo.effects
  for each statement execute function mo.refuse_change();
