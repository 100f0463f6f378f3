import { describe, expect, it } from 'vitest'

import type { ApprovalState } from '#rules/schema/approval-state.ts'
import type { DocumentApproval, ReviewDocument } from '#rules/schema/document.ts'
import { buildDocument, type DocumentParts } from '#src/report/document.ts'
import { renderReportPage } from '#src/report/html/page.ts'
import { renderMarkdown } from '#src/report/markdown.ts'
import { wordsNote } from '#src/report/words-note.ts'
import { approvedSoFar, approversAsked } from '#src/report/words.ts'
import { fluentWordsOf } from '#src/runtime/fluent-words.ts'
import { partsWith } from '#test/support/review-document.ts'

const parts = await partsWith()
const [move] = parts.records.budget?.result.moves ?? []
if (move === undefined) throw new Error('the example company has a move that waits')

const DECIDED = {
  approved: 'approve',
  rejected: 'reject',
} as const

/** The document after the request of the move got a status, through what the store would hold. */
function documentAfter(...after: Parameters<typeof requestAfter>): ReviewDocument {
  return buildDocument({ ...parts, ...requestAfter(...after) })
}

/** The request of the move with a status, and what was said to it. */
function requestAfter(
  status: ApprovalState,
  { minor = 100_000, barred = [] }: { minor?: number; barred?: string[] } = {},
): Pick<DocumentParts, 'approvals' | 'decisions'> {
  const approvalId = '2026-03-0a1b2c3d-a1'
  const approval: DocumentParts['approvals'][number] = {
    approvalId,
    reviewId: '2026-03-0a1b2c3d',
    interruptId: null,
    move: JSON.stringify({ ...move, amount: { currency: 'USD', minor } }),
    facts: '{}',
    tier: 'high',
    approversNeeded: 2,
    roles: [],
    proposer: 'system:budget-agent',
    barred,
    planSha256: 'a'.repeat(64),
    factsSha256: 'b'.repeat(64),
    policySha256: 'c'.repeat(64),
    remainderMinor: null,
    plannedMinor: null,
    rollback: null,
    supersedes: null,
    difference:
      minor === 100_000
        ? '[]'
        : JSON.stringify([{ what: 'amount_minor', before: 100_000, after: minor }]),
    createdAt: '2026-04-01T09:00:00Z',
    expiresAt: '2026-04-08T17:00:00Z',
    status,
    statusReason: null,
    statusAt: '2026-04-02T09:00:00Z',
    settledAt: null,
  }
  const decision = status === 'approved' || status === 'rejected' ? DECIDED[status] : undefined
  return {
    approvals: [approval],
    decisions:
      decision === undefined
        ? []
        : [
            {
              approvalId,
              person: 'cmo',
              onBehalfOf: null,
              decision,
              reason: 'seen {{budget.total.spend}} & weighed',
              decidedAt: '2026-04-02T09:00:00Z',
            },
          ],
  }
}

/** What only a move that waits is told by. */
const WAITS =
  /waits for a decision|Before anyone approves it|waiting, with concerns|proposed earlier/

describe('a report after the decision', () => {
  it.each([
    ['approved', 'was approved'],
    ['rejected', 'was rejected'],
    ['withdrawn', 'was withdrawn'],
    ['expired', 'expired without a decision'],
    ['rolled_back', 'was approved, ordered and rolled back'],
  ] as const)('tells a move that is %s as such everywhere', (status, words) => {
    const document = documentAfter(status)
    const sentence = `A move of $1,000.00 from ${move.fromName} to ${move.toName} ${words}`
    for (const text of [renderReportPage(document), renderMarkdown(document)]) {
      expect(text).not.toMatch(WAITS)
      expect(text.replaceAll('\\', '')).toContain(sentence)
    }
    expect(document.narratives.budget?.text).toContain(sentence)
    expect(document.narratives.budget?.text).not.toMatch(WAITS)
  })

  it('keeps in review.json what the stage said, marked as of before the decision', () => {
    const stage = documentAfter('rejected').stages.budget
    expect(JSON.stringify(stage?.findings)).toMatch(WAITS)
    expect(stage?.note).toBe(
      `findings and tables were written before the decisions on ${move.id}; budget.approvals says what became of them`,
    )
    expect(documentAfter('pending').stages.budget).not.toHaveProperty('note')
  })

  it('tells a move that waits as the stage did', () => {
    const waiting = documentAfter('pending')
    expect(renderReportPage(waiting)).toMatch(WAITS)
    expect(waiting.narratives.budget).toStrictEqual(
      buildDocument({ ...parts, approvals: [] }).narratives.budget,
    )
  })

  it('takes no token from what a person wrote', () => {
    expect(renderMarkdown(documentAfter('rejected'))).toContain('((budget.total.spend))')
  })
})

describe('an amended move', () => {
  const document = documentAfter('pending', { minor: 80_000 })

  it('is shown with the amount that is asked for, the old one only as what changed', () => {
    for (const text of [renderReportPage(document), renderMarkdown(document)]) {
      const told = text.replaceAll('amount: $1,000.00 → $800.00', '')
      const budget = told.slice(told.indexOf('Budget moves and approvals'))
      expect(text).toContain('Asked anew: amount: $1,000.00 → $800.00')
      expect(budget).toMatch(/A move of \$800\.00 from .* waits for a decision/)
      expect(text).not.toContain('amount minor')
    }
    expect(document.narratives.budget?.text).toContain('A move of $800.00')
    expect(document.narratives.budget?.text).not.toContain('$1,000.00')
  })
})

describe('review.json of an amended move', () => {
  const [shown] = documentAfter('pending', { minor: 80_000 }).budget.moves

  it('has the amount that is asked for, and the one that the stage proposed beside it', () => {
    expect(shown).toMatchObject({
      id: move.id,
      amount: { currency: 'USD', minor: 80_000 },
      proposedAmount: { currency: 'USD', minor: 100_000 },
      expectedImpact: null,
    })
  })

  it('has one amount where nobody asked for another', () => {
    expect(documentAfter('approved').budget.moves).toStrictEqual([move])
  })
})

describe('prose that a person approved', () => {
  const records = {
    ...parts.records,
    stages: new Map(
      Array.from(parts.records.stages, ([stage, record]) => {
        const { narrative } = record
        const fluent = { ...narrative, source: 'llm' as const, arranged: [], model: 'm' }
        return [stage, { ...record, narrative: { ...narrative, fluent } }] as const
      }),
    ),
  }
  const wordDecisions = fluentWordsOf(records, []).map(
    ({ stage, textSha256, factsSha256, proposer }) => ({
      stage,
      textSha256,
      factsSha256,
      proposer,
      decision: 'approve' as const,
      person: 'cmo',
      role: 'executive',
      reason: 'read',
      decidedAt: '2026-04-02T09:00:00Z',
    }),
  )
  const told = (approvals: Pick<DocumentParts, 'approvals' | 'decisions'>) =>
    buildDocument({ ...parts, records, wordDecisions, ...approvals })
  const approvedThen = 'Fluent words of a language model, approved by cmo on 2026-04-02'

  it.each([
    ['pending', 100_000, approvedThen],
    ['pending', 80_000, `${approvedThen}, adjusted by rules after the amendment of ${move.id}`],
    ['approved', 80_000, `${approvedThen}, adjusted by rules after the decision on ${move.id}`],
  ] as const)('of a move that is %s with %i says so', (status, minor, note) => {
    const document = told(requestAfter(status, { minor }))
    const { budget, funnel } = document.narratives
    expect(budget && wordsNote(budget)).toBe(`${note}; figures, names and calls by rules.`)
    expect(funnel && wordsNote(funnel)).toMatch(`${approvedThen};`)
    if (note === approvedThen) return
    expect(budget?.sentences.at(-1)).toMatch(/^A move of \$800\.00 from /)
    expect(renderReportPage(document)).toContain(note)
  })
})

describe('approversAsked', () => {
  const asked = (document: ReviewDocument): DocumentApproval => {
    const [approval] = document.budget.approvals
    if (approval === undefined) throw new Error('the document has a request')
    return approval
  }

  it('says how far a request has come and who is still needed', () => {
    expect(approvedSoFar(asked(documentAfter('pending')))).toBe(
      '0 of 2 approved; still needed: 2 of Finance lead, Chief marketing officer',
    )
  })

  it('says that fewer people than needed may decide', () => {
    const barred = asked(documentAfter('pending', { barred: ['finance.lead'] }))
    expect(approversAsked(barred)).toBe(
      '2 more, and the policy lets only Chief marketing officer decide it: nobody can approve it as the policy stands',
    )
    const alone = asked(documentAfter('pending', { barred: ['finance.lead', 'cmo'] }))
    expect(approversAsked(alone)).toBe('2 more, and the policy lets nobody decide it')
  })
})
