-- What workers need to know: which workspaces there are and when they are looked at, whose turn it is, and what is rung no more.

create table mo.workspaces (
  -- The company's name, which its reviews carry.
  workspace text primary key check (workspace <> ''),
  directory text not null unique check (directory <> ''),
  time_zone text not null,
  -- Canonical JSON of when a review starts; null: reviews start by hand.
  schedule text,
  -- The first month that starts by itself.
  first_month text check (first_month ~ '^\d{4}-(0[1-9]|1[0-2])$'),
  -- When somebody must look at the calendar again; null: now.
  next_look_at timestamptz,
  updated_at timestamptz not null default now(),
  check ((schedule is null) = (first_month is null))
);
create index workspaces_to_look_at on mo.workspaces (next_look_at) where schedule is not null;

-- Fair turns: the last turn given to each workspace; under the name '' the turn that is served now.
create table mo.queue_turns (
  workspace text primary key,
  turn bigint not null check (turn >= 1)
);

create table mo.dead_letters (
  kind text not null check (kind in ('review', 'tick')),
  subject text not null check (subject <> ''),
  workspace text not null,
  code text not null,
  message text not null,
  attempts integer not null check (attempts >= 1),
  died_at timestamptz not null default now(),
  primary key (kind, subject)
);
