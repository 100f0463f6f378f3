import { z } from 'zod'

import type { EvidenceValue, RiskSignal } from '#rules/risk/signal.ts'

const Evidence = z.record(
  z.string(),
  z.union([z.string(), z.number(), z.boolean(), z.null()]).catch(null),
)

/** The evidence of a risk as its text states it: a JSON object whose nested parts are passed over; `unreadable` for any other text. */
export function parseEvidence(text: string | null): RiskSignal['evidence'] {
  if (text === null) return null
  const parsed = Evidence.safeParse(parseJson(text))
  return parsed.success ? new Map<string, EvidenceValue>(Object.entries(parsed.data)) : 'unreadable'
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Evidence may be a sentence; then it states no counts, and the caller says so.
    return undefined
  }
}
