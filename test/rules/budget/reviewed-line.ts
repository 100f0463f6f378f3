import type { Candidate } from '#rules/budget/candidate.ts'
import { deliveryOf } from '#rules/budget/delivery.ts'
import type { LineEvidence, LineResponse } from '#rules/budget/line-evidence.ts'
import type { LinePace } from '#rules/budget/line-pace.ts'
import type { LineReview } from '#rules/budget/line-review.ts'
import type { LineStop } from '#rules/budget/line-stops.ts'
import type { BudgetLine } from '#rules/budget/lines.ts'
import type { TotalReview } from '#rules/budget/total-review.ts'
import { measured, notMeasured } from '#rules/kernel/quantity.ts'
import { lineId } from '#rules/schema/budget-move.ts'
import { deliveryDay } from '#test/support/budget-input.ts'

/** What a line under test differs in. */
export interface LineChanges {
  readonly line?: Partial<BudgetLine>
  readonly stop?: Partial<LineStop>
  readonly evidence?: Partial<LineEvidence>
  readonly response?: Partial<LineResponse>
  readonly pace?: Partial<LinePace>
  readonly review?: Partial<LineReview>
}

const PACE: LinePace = {
  status: 'closed',
  reason: null,
  budget: 1000,
  spent: 300,
  committed: 0,
  available: 700,
  daysElapsed: 31,
  daysReported: 31,
  daysLeft: 0,
  daysCovered: 31,
  unseen: [],
  weights: [1, 1, 1, 1, 1, 1, 1],
  linear: null,
  weekday: null,
  landing: null,
  deviation: null,
  requiredDay: null,
}

/** A line planned at 1,000 that spent 300 for 900 in October, returns 3 on average and 1.5 on the next unit, and goes on. */
export function reviewedLine(channelId: string, changes: LineChanges = {}): LineReview {
  const days = [deliveryDay({ channelId, spendMinor: 300, valueMinor: 900 })]
  const line: BudgetLine = {
    id: lineId('C1', channelId),
    campaignId: 'C1',
    channelId,
    name: `${channelId} in C1`,
    planned: measured(1000),
    committed: notMeasured('the budget does not say what is committed'),
    minMinor: null,
    maxMinor: null,
    days,
    history: [],
    noDelivery: notMeasured('no row'),
    ...changes.line,
  }
  return {
    line,
    delivery: deliveryOf(days, line.noDelivery),
    pace: { ...PACE, ...changes.pace },
    stop: {
      line,
      action: 'go_on',
      reason: 'not_proven',
      evidence: null,
      matured: null,
      daysSinceFirst: 30,
      family: { tested: 1, proven: 0, stopped: 0 },
      provenWaste: null,
      target: null,
      returned: { ratio: null, target: null, meets: false },
      dispersion: {
        value: 1,
        basis: 'own_days',
        squares: 30,
        due: 30,
        days: 31,
        assumed: 1,
        assumedDays: 14,
      },
      ...changes.stop,
    },
    evidence: {
      line,
      level: 'L1',
      reason: 'spend_did_not_vary',
      weeks: [],
      conversions: 50,
      spendRatio: 1.1,
      response: {
        averageReturn: 3,
        averageSd: 0.1,
        elasticity: 0.5,
        elasticitySd: 0.1,
        marginalReturn: 1.5,
        marginalSd: 0.2,
        curve: null,
        ...changes.response,
      },
      reading: null,
      needed: { weeksMissing: 0, conversionsMissing: 0, alternateBy: null },
      ...changes.evidence,
    },
    waste: null,
    room: null,
    claims: null,
    ...changes.review,
  }
}

/** The budget of that line alone: 300 of 1,000 spent in a month that is over. */
export function reviewedTotal(changes: Partial<TotalReview> = {}): TotalReview {
  const { delivery, pace } = reviewedLine('A')
  return {
    planned: measured(1000),
    committed: notMeasured('not said'),
    delivery,
    available: measured(700),
    utilisation: measured(0.3),
    utilisationWithCommitments: notMeasured('not said'),
    pace,
    wasteProvable: notMeasured('no target'),
    wasteEstimated: notMeasured('no target'),
    ...changes,
  }
}

/** Where a month with a drifting level will land: 1,200, and surely above 1,000. */
export const LANDING: NonNullable<LinePace['landing']> = {
  method: 'drift',
  level: 10,
  sigma: 1,
  levelDays: 10,
  dailyDrift: 0,
  forecast: 1200,
  sd: 50,
  degrees: null,
  low: 1100,
  high: 1300,
  probabilityOver: 0.9,
  probabilityUnder: 0.01,
}

/** A reviewed line as a partner in moves: it may give 700, and nothing keeps money out of it. */
export function candidate(channelId: string, changes: LineChanges = {}): Candidate {
  return { ...reviewedLine(channelId, changes), remainder: measured(700), barred: null }
}
