-- What the application may do, said anew after every migration. It owns nothing, so it cannot switch a trigger off.
grant usage on schema mo, mo_checkpoints to mo_app;
revoke all on all tables in schema mo from mo_app;
grant select on all tables in schema mo to mo_app;
grant insert, update on mo.settings to mo_app;
grant insert on mo.reviews, mo.stage_results, mo.effects, mo.approvals, mo.approval_decisions, mo.audit_log to mo_app;
grant update (status, status_detail, fence, updated_at) on mo.reviews to mo_app;
grant update (attempts, started_at, finished_at, result, result_sha256, program_sha256) on mo.stage_results to mo_app;
grant update (status, settled_at, interrupt_id, status_reason) on mo.approvals to mo_app;
grant insert on mo.policies, mo.change_orders, mo.order_receipts, mo.approval_notices, mo.outbox, mo.api_tokens to mo_app;
grant update (sent_at, attempts, last_error) on mo.outbox to mo_app;
grant update (revoked_at, last_used_at) on mo.api_tokens to mo_app;
grant insert, update on mo.llm_calls to mo_app;
grant insert on mo.narrative_decisions to mo_app;
grant select, insert, update, delete on all tables in schema mo_checkpoints to mo_app;
grant insert, update, delete on mo.workspaces, mo.dead_letters to mo_app;
grant insert, update on mo.queue_turns to mo_app;
grant insert, update (ended_at) on mo.sessions to mo_app;
