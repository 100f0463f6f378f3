import { NOTHING, type Account, type CallPlan, type Spent } from '#src/llm/caps.ts'
import type { CallIntent, CallKey, CallLedger, CallResult } from '#src/llm/ledger.ts'

/** A recorded call of a ledger that lives as long as the test. */
export interface LedgerEntry {
  readonly intent: CallIntent
  readonly result: CallResult | null
}

interface PlannedEntry extends LedgerEntry {
  readonly reserved: CallPlan['reserved']
}

/** A ledger in memory, for what needs no store. `before` is what others spent on the same day. */
export function createMemoryLedger(
  before: Partial<Spent> = {},
): CallLedger & { readonly entries: () => readonly LedgerEntry[] } {
  const entries = new Map<string, PlannedEntry>()
  const keyOf = ({ stage, attempt, format, requestSha256 }: CallKey): string =>
    [stage, attempt, format, requestSha256].join(' ')
  const sum = (wanted: (entry: LedgerEntry) => boolean, start: Spent): Spent =>
    [...entries.values()].filter(wanted).map(spentOn).reduce(added, start)
  const account = (stage: string): Account => ({
    stage: sum(({ intent }) => intent.stage === stage, NOTHING),
    review: sum(() => true, NOTHING),
    day: sum(() => true, { ...NOTHING, ...before }),
    failuresInARow: failuresInARow([...entries.values()]),
  })
  return {
    entries: () => [...entries.values()],
    begin: (intent, planner) => {
      const known = entries.get(keyOf(intent))?.result
      if (known != null) return Promise.resolve({ kind: 'known', outcome: known.outcome })
      const planned = planner(account(intent.stage))
      if (!planned.ok) return Promise.resolve({ kind: 'refused', cap: planned.cap })
      const { reserved } = planned.plan
      entries.set(keyOf(intent), { intent, result: null, reserved })
      return Promise.resolve({ kind: 'planned', plan: planned.plan })
    },
    finish: (key, result) => {
      const entry = entries.get(keyOf(key))
      if (entry !== undefined) entries.set(keyOf(key), { ...entry, result })
      return Promise.resolve()
    },
  }
}

/** What a call cost; of one that did not end, what was set aside for it. */
function spentOn({ result, reserved }: PlannedEntry): Spent {
  if (result === null) {
    return {
      calls: 1,
      tokens: reserved.tokens,
      bytes: 0,
      ms: 0,
      costMicros: reserved.costMicros ?? 0,
    }
  }
  const { inputTokens, outputTokens, bytes, latencyMs, costMicros } = result
  return {
    calls: 1,
    tokens: inputTokens === null ? reserved.tokens : inputTokens + (outputTokens ?? 0),
    bytes,
    ms: latencyMs,
    costMicros: costMicros ?? reserved.costMicros ?? 0,
  }
}

function added(left: Spent, right: Spent): Spent {
  return {
    calls: left.calls + right.calls,
    tokens: left.tokens + right.tokens,
    bytes: left.bytes + right.bytes,
    ms: left.ms + right.ms,
    costMicros: left.costMicros + right.costMicros,
  }
}

function failuresInARow(entries: readonly LedgerEntry[]): number {
  let failures = 0
  for (const { result } of entries) {
    if (result === null) continue
    const { outcome } = result
    if (outcome.kind === 'answered') failures = 0
    else if (outcome.reason !== 'format_refused') failures++
  }
  return failures
}
