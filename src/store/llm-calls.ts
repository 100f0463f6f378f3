import type { Pool } from 'pg'
import { z } from 'zod'

import { canonicalJson } from '#rules/kernel/canonical-json.ts'

import { NOTHING, type Account } from '../llm/caps.ts'
import { CallOutcome, type CallIntent, type CallKey, type CallLedger } from '../llm/ledger.ts'
import { LOCK_KEYS } from './advisory-locks.ts'
import { BigInteger, execute, Instant, query } from './query.ts'
import { inTransaction, type Queryable } from './transaction.ts'

/** Where the calls of a review are kept, and for how long. */
export interface LlmLedgerOptions {
  readonly reviewId: string
  /** How long failures count for the circuit breaker. */
  readonly breakerMinutes: number
  readonly keepRepliesDays: number
}

/**
 * The ledger of a review in the store. A call is begun under a lock that all reviews of the store share, so that two of them cannot pass the
 * bound of a day together.
 */
export function createLlmLedger(pool: Pool, options: LlmLedgerOptions): CallLedger {
  return {
    begin: (intent, planner) =>
      inTransaction(pool, async (client) => {
        await client.query('select pg_advisory_xact_lock($1)', [LOCK_KEYS.llmCalls])
        const known = await loadOutcome(client, options.reviewId, intent)
        if (known !== null) return { kind: 'known', outcome: known }
        const planned = planner(await loadAccount(client, intent, options))
        if (!planned.ok) return { kind: 'refused', cap: planned.cap }
        const { limits, reserved } = planned.plan
        await execute(client, {
          text: `insert into mo.llm_calls as kept (review_id, stage, attempt, format, request_sha256,
                   prompt_version, prompt_sha256, catalogue_sha256, requested_model,
                   reserved_tokens, reserved_cost_micros, reserved_ms)
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
                 on conflict (review_id, stage, attempt, format, request_sha256) do update
                 set begun = kept.begun + 1, begun_at = clock_timestamp(),
                     reserved_tokens = excluded.reserved_tokens,
                     reserved_cost_micros = excluded.reserved_cost_micros,
                     reserved_ms = excluded.reserved_ms`,
          values: [
            ...keyValues(options.reviewId, intent),
            intent.promptVersion,
            intent.promptSha256,
            intent.catalogueSha256,
            intent.requestedModel,
            reserved.tokens,
            reserved.costMicros,
            limits.timeoutMs,
          ],
        })
        return { kind: 'planned', plan: planned.plan }
      }),
    finish: async (key, result) => {
      const { outcome, rawReply, ...figures } = result
      await execute(pool, {
        text: `update mo.llm_calls
               set finished_at = clock_timestamp(), outcome = $6, http_status = $7, returned_model = $8,
                   input_tokens = $9, output_tokens = $10, cost_micros = $11, prices_as_of = $12,
                   bytes = $13, latency_ms = $14, response_sha256 = $15, raw_reply = $16,
                   keep_raw_until = clock_timestamp() + make_interval(secs => $17)
               where review_id = $1 and stage = $2 and attempt = $3 and format = $4
                 and request_sha256 = $5 and finished_at is null`,
        values: [
          ...keyValues(options.reviewId, key),
          canonicalJson(outcome),
          figures.httpStatus,
          figures.returnedModel,
          figures.inputTokens,
          figures.outputTokens,
          figures.costMicros,
          figures.pricesAsOf,
          figures.bytes,
          Math.round(figures.latencyMs),
          figures.responseSha256,
          rawReply,
          options.keepRepliesDays * 86_400,
        ],
      })
      await removeOldReplies(pool)
    },
  }
}

/** Removes raw answers whose time is over; the rest of their rows stays. @returns How many went. */
export async function removeOldReplies(pool: Pool): Promise<number> {
  return execute(pool, {
    text: `update mo.llm_calls set raw_reply = null
           where raw_reply is not null and keep_raw_until < now()`,
  })
}

const Call = z
  .object({
    stage: z.string(),
    attempt: z.int(),
    format: z.string(),
    request_sha256: z.string(),
    prompt_version: z.string(),
    prompt_sha256: z.string(),
    catalogue_sha256: z.string(),
    requested_model: z.string(),
    returned_model: z.string().nullable(),
    begun: z.int(),
    finished_at: Instant.nullable(),
    http_status: z.int().nullable(),
    outcome: z.string().nullable(),
    input_tokens: BigInteger.nullable(),
    output_tokens: BigInteger.nullable(),
    cost_micros: BigInteger.nullable(),
    latency_ms: BigInteger.nullable(),
    response_sha256: z.string().nullable(),
    raw_reply: z.string().nullable(),
  })
  .transform(({ outcome, ...row }) => ({
    ...row,
    outcome: outcome === null ? null : CallOutcome.parse(JSON.parse(outcome)),
  }))
export type LlmCall = z.output<typeof Call>

/** The calls of a review, in the order they were first begun. */
export async function loadLlmCalls(db: Queryable, reviewId: string): Promise<LlmCall[]> {
  return query(db, Call, {
    text: `select stage, attempt, format, request_sha256, prompt_version, prompt_sha256, catalogue_sha256, requested_model,
             returned_model, begun, finished_at, http_status, outcome, input_tokens, output_tokens, cost_micros,
             latency_ms, response_sha256, raw_reply
           from mo.llm_calls where review_id = $1 order by begun_at, stage, attempt, format`,
    values: [reviewId],
  })
}

function keyValues(reviewId: string, key: CallKey): (string | number)[] {
  return [reviewId, key.stage, key.attempt, key.format, key.requestSha256]
}

async function loadOutcome(
  db: Queryable,
  reviewId: string,
  key: CallKey,
): Promise<CallOutcome | null> {
  const [row] = await query(db, z.object({ outcome: z.string().nullable() }), {
    text: `select outcome from mo.llm_calls where review_id = $1 and stage = $2 and attempt = $3
             and format = $4 and request_sha256 = $5`,
    values: keyValues(reviewId, key),
  })
  return row?.outcome == null ? null : CallOutcome.parse(JSON.parse(row.outcome))
}

const Sums = z.object({
  scope: z.enum(['stage', 'review', 'day']),
  calls: BigInteger,
  tokens: BigInteger,
  bytes: BigInteger,
  ms: BigInteger,
  cost_micros: BigInteger,
})

/** A call that an endpoint refused cost nothing; one that was begun and never answered counts as what was set aside for it. */
const SPENT = `
  select review_id = $1 and stage = $2 as in_stage, review_id = $1 as in_review,
    begun_at >= date_trunc('day', now() at time zone 'utc') at time zone 'utc' as in_day,
    begun as calls,
    case when http_status >= 400 then 0 else coalesce(input_tokens + output_tokens, reserved_tokens) end
      + (begun - 1) * reserved_tokens as tokens,
    coalesce(bytes, 0) as bytes,
    coalesce(latency_ms, reserved_ms) + (begun - 1) * reserved_ms as ms,
    case when http_status >= 400 then 0 else coalesce(cost_micros, reserved_cost_micros, 0) end
      + (begun - 1) * coalesce(reserved_cost_micros, 0) as cost_micros
  from mo.llm_calls
  where review_id = $1 or begun_at >= now() - interval '1 day'`

async function loadAccount(
  db: Queryable,
  intent: CallIntent,
  { reviewId, breakerMinutes }: LlmLedgerOptions,
): Promise<Account> {
  const rows = await query(db, Sums, {
    text: `with spent as (${SPENT})
      select scope, coalesce(sum(calls), 0)::bigint as calls, coalesce(sum(tokens), 0)::bigint as tokens,
        coalesce(sum(bytes), 0)::bigint as bytes, coalesce(sum(ms), 0)::bigint as ms,
        coalesce(sum(cost_micros), 0)::bigint as cost_micros
      from (select 'stage' as scope, spent.* from spent where in_stage
            union all select 'review', spent.* from spent where in_review
            union all select 'day', spent.* from spent where in_day) as scoped
      group by scope`,
    values: [reviewId, intent.stage],
  })
  const sums = new Map(
    rows.map(({ scope, cost_micros: costMicros, ...sum }) => [scope, { ...sum, costMicros }]),
  )
  return {
    stage: sums.get('stage') ?? NOTHING,
    review: sums.get('review') ?? NOTHING,
    day: sums.get('day') ?? NOTHING,
    failuresInARow: await failuresInARow(db, intent.requestedModel, breakerMinutes),
  }
}

/** Failures of a model since its last answer, over all reviews; none when the last is older than the breaker's pause. */
async function failuresInARow(db: Queryable, model: string, minutes: number): Promise<number> {
  const [row] = await query(db, z.object({ failures: BigInteger }), {
    text: `with recent as (
        select finished_at, outcome::jsonb ->> 'kind' = 'answered' as answered from mo.llm_calls
        where requested_model = $1 and finished_at > now() - make_interval(secs => $2)
          and outcome::jsonb ->> 'reason' is distinct from 'format_refused')
      select count(*) as failures from recent
      where finished_at > coalesce((select max(finished_at) from recent where answered), '-infinity')`,
    values: [model, minutes * 60],
  })
  return row?.failures ?? 0
}
