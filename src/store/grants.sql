-- What the application may do, said anew after every migration. It owns nothing, so it cannot switch a trigger off. Columns that are not named
-- here are the database's to fill: times, hashes, and what a status brings with it.
grant usage on schema mo, mo_checkpoints to mo_app;
revoke all on all tables in schema mo from mo_app;
-- Functions are run by triggers, in the owner's name, and called by nobody.
revoke all on all functions in schema mo from public, mo_app;
grant select on all tables in schema mo to mo_app;
grant insert, update on mo.settings to mo_app;
grant insert (review_id, workspace, month, as_of, policy, policy_sha256, manifest, input_sha256, words_approvers, token_required,
    earlier_readings),
  update (status, status_detail, fence, updated_at) on mo.reviews to mo_app;
grant insert (review_id, stage, result, result_sha256, program_sha256, finished_at),
  update (attempts, started_at, finished_at, result, result_sha256, program_sha256) on mo.stage_results to mo_app;
grant insert (review_id, stage, subject, payload) on mo.effects to mo_app;
grant insert (approval_id, review_id, interrupt_id, move, facts, tier, approvers_needed, roles, proposer, barred, plan_sha256, facts_sha256,
    policy_sha256, created_at, expires_at, status, remainder_minor, planned_minor, rollback, supersedes, difference, token_required, deciders),
  update (status, interrupt_id, status_reason) on mo.approvals to mo_app;
grant insert (approval_id, person, on_behalf_of, decision, reason, plan_sha256, facts_sha256, policy_sha256, token_id, token_secret)
  on mo.approval_decisions to mo_app;
grant insert (review_id, stage, text_sha256, facts_sha256, decision, proposer, person, role, reason, token_id, token_secret)
  on mo.narrative_decisions to mo_app;
grant insert (entry) on mo.audit_log to mo_app;
grant insert (order_id, approval_id, purpose, position, line, delta_minor, old_minor, new_minor, payload) on mo.change_orders to mo_app;
grant insert (order_id, kind, source, detail) on mo.order_receipts to mo_app;
grant insert (approval_id, kind, person) on mo.approval_notices to mo_app;
grant insert (message_key, workspace, recipient, subject, body), update (sent_at, attempts, last_error) on mo.outbox to mo_app;
-- Tokens are issued and revoked by the owner of the tables.
grant update (last_used_at) on mo.api_tokens to mo_app;
grant insert (secret_sha256, token_id, token_secret, expires_at), update (ended_at) on mo.sessions to mo_app;
grant insert, update on mo.llm_calls to mo_app;
grant insert, update, delete on mo.workspaces, mo.dead_letters to mo_app;
grant insert, update on mo.queue_turns to mo_app;
grant select, insert, update, delete on all tables in schema mo_checkpoints to mo_app;
