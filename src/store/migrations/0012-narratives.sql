-- What persons said to fluent prose of models. A yes or no holds for the very text and the very facts it was given to, in one review: another
-- text, other facts or another review need a person again. The table of 0010 that this replaces was never written to.
drop table mo.narrative_approvals;

create table mo.narrative_decisions (
  review_id text not null references mo.reviews,
  stage text not null check (stage <> ''),
  -- Of the sentences as a reader sees them.
  text_sha256 text not null check (text_sha256 ~ '^[0-9a-f]{64}$'),
  -- Of the facts they rest on, as they are in the review.
  facts_sha256 text not null check (facts_sha256 ~ '^[0-9a-f]{64}$'),
  decision text not null check (decision in ('approve', 'reject')),
  -- The model that wrote the text.
  proposer text not null check (proposer like 'model:%'),
  person text not null check (person <> '' and person <> proposer),
  role text not null check (role <> ''),
  reason text,
  decided_at timestamptz not null default clock_timestamp(),
  primary key (review_id, stage, text_sha256, facts_sha256)
);
create trigger written_once before update or delete on mo.narrative_decisions
  for each row execute function mo.refuse_change();
create trigger written_once_truncate before truncate on mo.narrative_decisions
  for each statement execute function mo.refuse_change();
