import {
  judgeHealth,
  type Concern,
  type HealthFacts,
  type HealthRuling,
  type HealthTopic,
} from '../health/verdict.ts'
import { enumerated } from '../kernel/enumeration.ts'
import { present } from '../kernel/invariant.ts'
import { measured } from '../kernel/quantity.ts'
import type { Policy } from '../policy/policy.ts'
import type { FactBook } from '../schema/fact-book.ts'
import type { Decision, Finding } from '../schema/review.ts'
import type { Health, HealthReason } from '../schema/synthesis.ts'
import { token } from '../schema/template.ts'
import { verdictBasis } from './verdict-basis.ts'

const RULE_ID = 'health.verdict'

/** The verdict and the decision behind it. */
export interface HealthReview {
  readonly health: Health
  readonly decision: Decision
  /** Why this verdict and no graver one. */
  readonly basis: readonly Finding[]
}

/** The verdict of the month with every reason in words, and the decision behind it. */
export function reviewHealth(book: FactBook, facts: HealthFacts, policy: Policy): HealthReview {
  const ruling = judgeHealth(facts, policy.health)
  const reasons = [
    ...ruling.concerns.map((concern): HealthReason => ({
      code: concern.code,
      count: concern.count,
      text: reasonText(book, concern, facts),
    })),
    ...blindReason(ruling),
  ]
  const decisionId = `${RULE_ID}:company`
  return {
    basis: verdictBasis(book, ruling, { facts, table: policy.health }),
    health: {
      verdict: ruling.verdict,
      decisionId,
      reasons,
      unmeasured: ruling.unmeasured.map((topic) => TOPICS[topic]),
    },
    decision: {
      id: decisionId,
      stage: 'synthesis',
      subject: 'company:all',
      subjectName: policy.company.name,
      action: ruling.verdict,
      reason: reasons[0]?.code ?? 'no_concern',
      ruleId: RULE_ID,
      policyVersion: policy.version,
      evidence: {
        // As a reader counts the rows of the policy's table.
        tableRow: ruling.row + 1,
        concerns: ruling.concerns.map(({ code }) => code),
        unmeasured: [...ruling.unmeasured],
        trustGrade: facts.trustGrade,
        openRisks: facts.openRisks?.length ?? null,
        openRiskSeverities: facts.openRisks?.map(({ severity }) => severity) ?? null,
        openRiskAgesDays: facts.openRisks?.map(({ ageDays }) => ageDays) ?? null,
        segmentStops: facts.segmentStops,
        pendingReallocations: facts.pendingReallocations,
        targetsMissed: facts.targetsMissed,
        costMinorByMonth: facts.months.map(({ costMinor }) => costMinor),
        valueMinorByMonth: facts.months.map(({ valueMinor }) => valueMinor),
      },
    },
  }
}

const TOPICS: Readonly<Record<HealthTopic, string>> = {
  roi_below: 'ROI',
  open_risk: 'open risks',
  segment_stop: 'the direction of segments',
  pending_reallocation: 'reallocations that wait',
  target_missed: 'targets',
}

/** Why there is no verdict although nothing speaks against the data: nobody looked at what the table asks for. */
function blindReason({ verdict, concerns, unmeasured, isBlind }: HealthRuling): HealthReason[] {
  if (!isBlind || verdict !== 'not_assessable' || concerns.length > 0) return []
  const topics = enumerated(unmeasured.map((topic) => TOPICS[topic]))
  return [
    {
      code: 'nothing_measured',
      count: unmeasured.length,
      text: `what the policy’s table asks for was not measured: ${topics}`,
    },
  ]
}

/** Counts that other parts of the synthesis have entered. */
const COUNTS = {
  open_risk: ['synthesis.risks.open', 'open risk', 'open risks'],
  segment_stop: ['synthesis.segments.stop', 'segment to stop', 'segments to stop'],
  pending_reallocation: [
    'synthesis.pending_reallocations.count',
    'reallocation pending',
    'reallocations pending',
  ],
  target_missed: ['synthesis.targets.missed', 'target missed', 'targets missed'],
} as const

function reasonText(book: FactBook, concern: Concern, facts: HealthFacts): string {
  if (concern.code === 'trust_grade') return gradeText(book, facts)
  if (concern.code === 'aged_risk') return agedText(book, concern)
  if (concern.code === 'roi_below') return lossText(book, concern)
  const [factId, one, many] = COUNTS[concern.code]
  return `${token(factId)} ${concern.count === 1 ? one : many}`
}

function gradeText(book: FactBook, { trustGrade }: HealthFacts): string {
  const grade = book.addText({
    id: 'synthesis.health.trust_grade',
    label: 'Grade of the data',
    unit: 'text',
    value: present(trustGrade, 'the grade'),
    source: [],
  })
  return `the data are graded ${token(grade)}, too low to judge on`
}

function agedText(
  book: FactBook,
  { count, atLeast: severity, olderThanDays }: Extract<Concern, { code: 'aged_risk' }>,
): string {
  const aged = addCount(book, ['aged_risks', 'Grave risks open for too long'], count)
  const bound = book.add({
    id: 'synthesis.health.aged_after',
    label: 'Days after which a grave risk is critical',
    unit: 'days',
    quantity: measured(olderThanDays),
    source: [],
  })
  return `${aged} ${count === 1 ? 'risk' : 'risks'} of ${severity} severity${severity === 'critical' ? '' : ' or graver'} open for more than ${token(bound)}`
}

function lossText(
  book: FactBook,
  { count, than }: Extract<Concern, { code: 'roi_below' }>,
): string {
  const months = addCount(book, ['bad_months', 'Months in a row with ROI below the bound'], count)
  const bound = book.add({
    id: 'synthesis.health.roi_bound',
    label: 'ROI below which a month counts as bad',
    unit: 'change',
    quantity: measured(than),
    source: [],
  })
  return `ROI below ${token(bound)} for ${months} ${count === 1 ? 'month' : 'months in a row'}`
}

function addCount(
  book: FactBook,
  [metric, label]: readonly [string, string],
  count: number,
): string {
  const id = `synthesis.health.${metric}`
  return token(book.add({ id, label, unit: 'count', quantity: measured(count), source: [] }))
}
