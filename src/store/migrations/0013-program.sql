-- Which program found it: of the files that decide, so that a difference on replay is told apart from a change of the program.
alter table mo.stage_results add column program_sha256 text check (program_sha256 ~ '^[0-9a-f]{64}$');
