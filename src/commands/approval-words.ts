import { z } from 'zod'

import type { ValueChange } from '#rules/governance/staleness.ts'
import { BoundFacts } from '#rules/schema/bound-facts.ts'
import { ValueChange as ValueChangeRow } from '#rules/schema/document.ts'

import { changeInWords, factName, valueInWords } from '../report/approval-notes.ts'
import { formatMoney } from '../report/format.ts'
import { approvedSoFar, moveReason, spoken } from '../report/words.ts'
import { localDateOf } from '../runtime/local-time.ts'
import { peopleBarred, peopleWhoMayDecide } from '../runtime/may-decide.ts'
import { moveOf } from '../runtime/moves.ts'
import { policyOf } from '../runtime/renew-approvals.ts'
import { loadDecisions } from '../store/approval-decisions.ts'
import type { Approval } from '../store/approvals.ts'
import type { Store } from '../store/store.ts'
import type { Output } from '../terminal/output.ts'
import { deadEndInWords, type Standing } from './dead-end.ts'

/** How far a request has come, and who may decide it today under the policy it is bound to. */
export async function progressOf(store: Store, approval: Approval, now: Date): Promise<Standing> {
  const decisions = await loadDecisions(store.pool, approval.approvalId)
  const { policy } = await policyOf(store, approval)
  const on = localDateOf(now.toISOString(), policy.company.time_zone)
  return {
    approversNeeded: approval.approversNeeded,
    mayDecide: peopleWhoMayDecide(approval, decisions, { policy, on }),
    barred: peopleBarred(approval, decisions, { policy, on }),
    decisions,
  }
}

/** One request for people: what it asks for, why, who may decide until when, what it binds, and what happened to it. */
export function tellApproval(
  output: Output,
  approval: Approval,
  { progress, workspace }: { readonly progress: Standing; readonly workspace: string },
): void {
  const move = moveOf(approval)
  const { currency, minor } = move.amount
  const line = (name: string, text: string): void => output.line(`  ${name.padEnd(10)} ${text}`)
  output.line(
    `${approval.approvalId}: ${formatMoney(currency, minor)} from ${move.fromName} to ${move.toName}`,
  )
  line('status', statusOf(approval))
  line('why', moveReason(move))
  line('tier', `${approval.tier}: ${approval.approversNeeded} to approve${rolesOf(approval)}`)
  line('concerns', move.concerns.map(spoken).join(', ') || 'none')
  if (approval.status === 'pending') {
    line('decided', approvedSoFar(progress))
    line('until', `${minuteOf(approval.expiresAt)}; silence never approves`)
    for (const [name, text] of deadEndInWords(approval, progress, workspace)) line(name, text)
  }
  line('asked', `${minuteOf(approval.createdAt)} by ${approval.proposer}`)
  for (const given of progress.decisions) {
    line('', `${minuteOf(given.decidedAt)} ${given.person}: ${given.decision} (${given.reason})`)
  }
  if (approval.supersedes !== null) line('in place of', approval.supersedes)
  for (const change of listOf(approval.difference)) {
    line('changed', changeInWords(change, currency))
  }
  line(
    'binds',
    `plan ${short(approval.planSha256)}, facts ${short(approval.factsSha256)}, policy ${short(approval.policySha256)}`,
  )
  for (const fact of factsInWords(approval, currency)) line('', fact)
}

/** What the request rests on, each in words. */
function factsInWords(approval: Approval, currency: string): readonly string[] {
  const facts = boundFacts(approval)
  const isAtRisk = facts.some(({ what, after }) => what === 'receiver_risks' && isNamed(after))
  return facts.map(({ what, after }) => {
    const stays = what === 'receiver_under_risk' && after === false && isAtRisk
    const why = stays ? ', it comes from the same campaign' : ''
    return `${factName(what)}: ${valueInWords(what, after, currency)}${why}`
  })
}

function isNamed(value: ValueChange['after']): boolean {
  return typeof value === 'object' && value !== null && value.length > 0
}

function statusOf({ status, statusReason, statusAt }: Approval): string {
  return `${spoken(status)} since ${minuteOf(statusAt)}${statusReason === null ? '' : ` (${spoken(statusReason)})`}`
}

function rolesOf({ roles }: Approval): string {
  return roles.length === 0 ? '' : `, of the roles ${roles.join(', ')}`
}

function minuteOf(instant: string): string {
  return `${instant.slice(0, 16).replace('T', ' ')} UTC`
}

function short(hash: string): string {
  return `${hash.slice(0, 12)}…`
}

function listOf(difference: string): ValueChange[] {
  return z.array(ValueChangeRow).parse(JSON.parse(difference))
}

function boundFacts({ facts }: Approval): ValueChange[] {
  const bound = BoundFacts.partial().parse(JSON.parse(facts))
  return Object.entries(bound).map(([what, after]) => ({
    what,
    before: null,
    after: after ?? null,
  }))
}
