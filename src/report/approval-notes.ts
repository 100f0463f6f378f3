import type { DocumentApproval } from '#rules/schema/document.ts'

import { insightInWords, spoken } from './words.ts'

/** What a reader must know of a request besides its status: why it ended, what was amended, what changed since it was first asked. */
export function approvalNotes({
  statusReason,
  difference,
  insightToLive,
}: DocumentApproval): string[] {
  return [
    ...(insightToLive === undefined ? [] : [insightInWords(insightToLive)]),
    ...(statusReason === null ? [] : [reasonInWords(statusReason)]),
    ...difference.map(
      ({ what, before, after }) =>
        `Asked anew: ${spoken(what)} was ${spokenValue(before)}, is ${spokenValue(after)}`,
    ),
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

function spokenValue(value: DocumentApproval['difference'][number]['before']): string {
  return value === null ? 'not measured' : String(value)
}
