-- What earlier reviews of the company had shown of its experiments when a review began: a test that was read before may not be called as if it
-- were read once. It is frozen with the review, as its data and policy are, so that a replay counts the same looks.
alter table mo.reviews
  add column earlier_readings text not null default '[]' check (jsonb_typeof(earlier_readings::jsonb) = 'array');
