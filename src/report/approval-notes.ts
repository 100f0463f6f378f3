import type { ValueChange } from '#rules/governance/staleness.ts'
import type { DocumentApproval } from '#rules/schema/document.ts'

import { formatMoney } from './format.ts'
import { insightInWords, spoken } from './words.ts'

/** How the state of a request looks. */
export const APPROVAL_TONES = {
  pending: 'watch',
  approved: 'ok',
  rejected: 'bad',
  expired: 'bad',
  superseded: 'info',
  withdrawn: 'info',
  draft: 'info',
  proposed: 'watch',
  applying: 'ok',
  applied: 'ok',
  verified: 'ok',
  failed: 'bad',
  rolled_back: 'info',
} as const

/** One value that changed, as a person reads it: `amount: $1,000.00 → $800.00`. */
export function changeInWords({ what, before, after }: ValueChange, currency: string): string {
  return `${factName(what)}: ${valueInWords(what, before, currency)} → ${valueInWords(what, after, currency)}`
}

const FACT_NAMES: ReadonlyMap<string, string> = new Map([
  ['receiver_under_risk', 'an open risk keeps this money out of the receiver'],
  ['receiver_risks', 'open risks on the receiver or its campaign'],
])

/** What a request rests on, by name. */
export function factName(what: string): string {
  return FACT_NAMES.get(what) ?? spoken(what.replace(/_minor$/, ''))
}

/** A bound value as a person reads it: amounts in minor units as money. */
export function valueInWords(what: string, value: ValueChange['before'], currency: string): string {
  if (value === null) return 'not measured'
  if (typeof value === 'number' && what.endsWith('_minor')) return formatMoney(currency, value)
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  return typeof value === 'object' ? value.join(', ') || 'none' : String(value)
}

/** What a reader must know of a request besides its status: why it ended, what was amended, what changed since it was first asked. */
export function approvalNotes({
  statusReason,
  difference,
  insightToLive,
  amount,
}: DocumentApproval): string[] {
  return [
    ...(insightToLive === undefined ? [] : [insightInWords(insightToLive)]),
    ...(statusReason === null ? [] : [reasonInWords(statusReason)]),
    ...difference.map((change) => `Asked anew: ${changeInWords(change, amount.currency)}`),
  ]
}

/** The key under which a change was ordered is for machines. */
function reasonInWords(statusReason: string): string {
  return /^ordered as \S+$/.test(statusReason) ? 'its change was ordered' : spoken(statusReason)
}

/** Who decided it and why: "Ana Ruiz approved: the loss must stop". */
export function decidersOf({ decisions }: DocumentApproval): string[] {
  return decisions.map(
    ({ person, decision, reason }) => `${person}${DID[decision] ?? ''}: ${reason}`,
  )
}

const DID: Readonly<Record<string, string>> = {
  approve: ' approved',
  reject: ' rejected',
  amend: ' amended',
}
