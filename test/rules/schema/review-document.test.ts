import { describe, expect, it } from 'vitest'

import { ReviewDocument } from '#rules/schema/document.ts'

import {
  ABSENT_FACT,
  BUDGET_RESULT,
  CHART,
  DECISION,
  FACT,
  FINDING,
  MOVE,
  SYNTHESIS_RESULT,
  TABLE,
} from './stage-examples.ts'

const SHA = '0123456789abcdef'.repeat(4)
const PERSON = { id: 'cfo', name: 'Chris Finance' }
const [action] = SYNTHESIS_RESULT.actions

/** A whole `review.json`; where a part may be left out, it is there. */
const DOCUMENT = {
  schemaVersion: '1.0',
  reviewId: 'acme-2026-03',
  workspace: 'acme',
  company: 'Acme',
  month: '2026-03',
  asOf: '2026-04-03T07:00:00Z',
  timeZone: 'Europe/Berlin',
  status: 'awaiting_approval',
  interim: true,
  issuedForMeeting: {
    meetingAt: '2026-04-07T08:00:00Z',
    issuedAt: '2026-04-06T08:00:00Z',
    pending: ['APR_1'],
  },
  inputs: [
    { dataset: 'leads', state: 'present', rows: 12, rejected: 1, sha256: SHA },
    { dataset: 'content', state: 'absent', rows: 0, rejected: 0, sha256: null },
  ],
  policy: { version: '2026-03', sha256: SHA },
  trust: {
    grade: 'B',
    reasons: [{ code: 'rejected_rows', subject: 'leads', compared: { share: 0.08 } }],
  },
  health: {
    verdict: 'attention',
    reasons: [{ code: 'open_risk', text: '3 open risks' }],
    unmeasured: ['content'],
    decisionId: null,
  },
  targets: [
    {
      id: 'roi',
      label: 'Marketing ROI',
      target: '≥ 50%',
      actual: '72.6%',
      factId: 'campaign_roi.total.roi',
      status: 'met',
    },
  ],
  facts: { [FACT.id]: FACT, [ABSENT_FACT.id]: ABSENT_FACT },
  stages: {
    budget: {
      status: BUDGET_RESULT.status,
      findings: [FINDING],
      tables: [TABLE],
      charts: [CHART],
      decisionIds: [DECISION.id],
      note: 'Written before people decided.',
    },
  },
  decisions: [DECISION],
  segments: [
    {
      segmentId: 'SEG_005',
      campaignId: 'CAMP_003',
      name: 'Product-led teams',
      momentum: 'undecided',
      action: 'hold',
      decisionId: 'portfolio.call:SEG_005@CAMP_003',
    },
  ],
  budget: {
    moves: [{ ...MOVE, proposedAmount: { currency: 'USD', minor: 150_000 } }],
    approvals: [
      {
        approvalId: 'APR_1',
        moveId: MOVE.id,
        tier: 'medium',
        approversNeeded: 1,
        roles: ['finance'],
        proposer: 'orchestrator',
        mayDecide: [PERSON],
        status: 'pending',
        statusReason: null,
        amount: MOVE.amount,
        supersedes: 'APR_0',
        difference: [
          { what: 'giver_planned_minor', before: null, after: 5 },
          { what: 'receiver_risks', before: ['RSK_0001'], after: [] },
          { what: 'giver_stopped', before: false, after: 'true' },
        ],
        expiresAt: '2026-04-08T15:00:00Z',
        insightToLive: { insightAt: '2026-04-03T07:00:00Z', liveAt: null, minutes: null },
        decisions: [
          {
            person: 'cfo',
            onBehalfOf: null,
            decision: 'approve',
            reason: 'sound',
            decidedAt: '2026-04-03T09:00:00Z',
          },
        ],
      },
    ],
  },
  risks: [
    {
      riskId: 'RSK_0002',
      title: 'low conversion',
      severity: 'critical',
      status: 'open',
      owner: 'Operations lead',
      response: 'pause',
      due: null,
    },
  ],
  actions: [
    {
      rank: 1,
      title: 'Decide the stop-loss',
      owner: 'Chris Finance',
      due: '2026-04-02',
      expectedImpact: action?.expectedImpact,
      impactNotMeasured: null,
      resources: ['no new money'],
      decisionIds: [DECISION.id],
    },
  ],
  focus: ['Find why people drop off'],
  narratives: {
    budget: {
      text: 'A move of $1,300 waits.',
      sentences: ['A move of $1,300 waits.'],
      source: 'mixed',
      approvedBy: 'ceo',
      approvedOn: '2026-04-03',
      adjusted: [{ moveId: MOVE.id, after: 'amendment' }],
      shortfall: { model: 'm-1', code: 'TIMEOUT', httpStatus: null },
      fluent: { status: 'waits', model: 'm-1', mayDecide: [PERSON] },
      factIds: [FACT.id],
    },
  },
  decisionsSha256: SHA,
}

type Path = readonly (string | number)[]

/** Objects whose keys are ids or names of columns, so that any key may stand there. */
const OPEN = new Set(['facts', 'evidence', 'compared', 'basis', 'where'])

/** Where in a value objects of agreed keys stand. */
function objectsIn(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return []
  const inner = Object.entries(value).flatMap(([key, part]) => objectsIn(part, [...path, key]))
  return Array.isArray(value) || OPEN.has(String(path.at(-1))) ? inner : [path, ...inner]
}

/** The value with a key of nobody's added to the object at a path. */
function withSurplus(value: unknown, [key, ...rest]: Path): unknown {
  if (key === undefined) return { ...Object(value), surplus: 1 }
  const inner = withSurplus(Object(value)[key], rest)
  return Array.isArray(value) ? value.with(Number(key), inner) : { ...Object(value), [key]: inner }
}

describe('review.json', () => {
  it('is read as it was written', () => {
    expect(ReviewDocument.parse(DOCUMENT)).toStrictEqual(DOCUMENT)
  })

  it('refuses a key too many wherever keys are agreed', () => {
    const paths = objectsIn(DOCUMENT)
    expect(paths.length).toBeGreaterThan(40)
    const taken = paths.filter(
      (path) => ReviewDocument.safeParse(withSurplus(DOCUMENT, path)).success,
    )
    expect(taken).toEqual([])
  })

  it.each([
    ['another version', { schemaVersion: '1.1' }],
    ['a state nobody knows', { status: 'pending' }],
    ['a stage nobody knows', { stages: { weather: DOCUMENT.stages.budget } }],
    ['a digest that is too short', { decisionsSha256: SHA.slice(1) }],
    ['a digest that is too long', { decisionsSha256: `${SHA}0` }],
    ['a digest after something else', { decisionsSha256: `x${SHA}` }],
    ['a digest in capitals', { decisionsSha256: SHA.toUpperCase() }],
    ['less than no row', { inputs: [{ ...DOCUMENT.inputs[0], rows: -1 }] }],
    ['less than the first rank', { actions: [{ ...DOCUMENT.actions[0], rank: 0 }] }],
  ])('refuses %s', (_fault, changes) => {
    expect(ReviewDocument.safeParse({ ...DOCUMENT, ...changes }).success).toBe(false)
  })
})
