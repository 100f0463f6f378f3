/** What one review may spend on its words. */
export interface BudgetLimits {
  readonly calls: number
  readonly tokens: number
  /** Time in calls and in waits an endpoint asked for; the time between them belongs to the review. */
  readonly totalMs: number
  /** The circuit breaker: after so many failed calls in a row no more are made. */
  readonly failuresInARow: number
}

/** One call as it was spent. */
export interface SpentCall {
  readonly calls: number
  readonly tokens: number
  readonly ms: number
  readonly ok: boolean
}

/** The running account of one review; every stage of it draws on the same. */
export interface CallBudget {
  /** Milliseconds left for a call or a wait; 0 when time, calls or tokens are spent or the endpoint failed too often. */
  readonly leftMs: () => number
  readonly book: (spent: SpentCall) => void
  readonly bookWait: (ms: number) => void
}

/** Opens an account. */
export function createBudget(limits: BudgetLimits): CallBudget {
  let calls = 0
  let tokens = 0
  let failures = 0
  let usedMs = 0
  return {
    leftMs: () => {
      if (calls >= limits.calls || tokens >= limits.tokens) return 0
      if (failures >= limits.failuresInARow) return 0
      return Math.max(0, limits.totalMs - usedMs)
    },
    book: (spent) => {
      calls += spent.calls
      tokens += spent.tokens
      failures = spent.ok ? 0 : failures + 1
      usedMs += spent.ms
    },
    bookWait: (ms) => {
      usedMs += ms
    },
  }
}
