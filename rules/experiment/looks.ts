import type { Trial } from './trials.ts'

/** How often a trial has been looked at, and whether its result was made for that. */
export interface LookLedger {
  /** Looks so far, this review's look at a running trial included; null when the data set does not state them. */
  readonly looks: number | null
  /** True when a result made for one look cannot decide: the trial runs, was stopped, or was looked at before. */
  readonly peeked: boolean
}

/**
 * The look ledger of a trial. A completed trial without a stated number of looks is taken to have been looked at once, at its end; a
 * running one is being looked at now, and a stopped one ended because someone looked.
 */
export function looksAt({ phase, looks }: Trial): LookLedger {
  if (phase === 'running') return { looks: (looks ?? 0) + 1, peeked: true }
  if (phase === 'stopped') return { looks, peeked: true }
  return { looks, peeked: (looks ?? 1) > 1 }
}
