import type { ReadableState } from '#rules/reading/state.ts'

import type { CaseState, Glossary } from './state.ts'

const SIGNS = { USD: '$', EUR: '€', GBP: '£' } as const
const MONTHS =
  'january february march april may june july august september october november december'.split(' ')
const OTHER_NAMES: Readonly<Record<string, readonly string[]>> = {
  cvr: ['conversion rate', 'conversion'],
  cac: ['cost per lead'],
  leads: ['leads'],
  score: ['score'],
}

/** A case's state as the reader of free text takes it. */
export function readableState(state: CaseState, glossary: Glossary): ReadableState {
  return {
    currency: { sign: SIGNS[state.currency], code: state.currency },
    months: { now: monthOf(state.period.cur[0]), before: monthOf(state.period.prev[0]) },
    days: [...state.period.cur, ...state.period.prev],
    entities: state.entities,
    metrics: Object.entries(glossary.metrics).map(([id, { label, unit, better }]) => ({
      id,
      unit,
      better,
      names: OTHER_NAMES[id] ?? [label.toLowerCase()],
    })),
    figures: state.metrics.map(({ entity, metric, cur, prev }) => ({
      entity,
      metric,
      now: cur,
      before: prev,
    })),
    decisions: state.decisions.map((decision) => ({
      ...decision,
      reasons: decision.reason.map((code) => (glossary.reasons[code] ?? code).toLowerCase()),
    })),
    notes: {
      suppressed: state.suppressedContacts,
      warnings: state.dq.warnings,
      missingUtmPct: state.dq.missingUtmPct,
      rows: state.dq.rows,
      claimsReviewed: state.claims.reviewed,
      claimsBlocked: state.claims.blocked.length,
    },
  }
}

function monthOf(day: string): string {
  return MONTHS[Number(day.slice(5, 7)) - 1] ?? ''
}
