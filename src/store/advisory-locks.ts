/**
 * Numbers of PostgreSQL's advisory locks, one for each thing that only one session may do at a time. They are part of the protocol
 * between processes of different versions: never change or reuse one.
 */
export const LOCK_KEYS = {
  /** Shared by every process attached to an embedded server; exclusive for the one that stops it. */
  presence: 7_301_001,
  migration: 7_301_002,
  checkpointerSetup: 7_301_003,
  /** Taken by the audit log's trigger (see the migrations), which is why it also stands there. */
  auditAppend: 7_301_004,
  queueMigration: 7_301_006,
  /** Taken while a call of a language model is begun: all of them share the bounds of a day. */
  llmCalls: 7_301_010,
  /** Shared by every worker while it runs; exclusive for whoever loads a back-up. */
  attendance: 7_301_012,
} as const

/** Second key of review locks, so that a review id never meets another use of hashed keys. */
export const REVIEW_LOCK_SEED = 7_301_005

/** Second key of the lock under which a workspace's requests are filed, one plan after the other. */
export const FILING_LOCK_SEED = 7_301_008

/** Second key of the lock under which a month of a workspace gets its review, one after the other. */
export const MONTH_LOCK_SEED = 7_301_009

// Taken by triggers (see the migrations): 7_301_007, second key of the locks on single budget lines; 7_301_011, under which policies are admitted.
