import { monthRange } from '../kernel/calendar.ts'
import { compareText, groupByText } from '../kernel/order.ts'
import { createFactBook } from '../schema/fact-book.ts'
import type { Decision, Fact, Finding, Table } from '../schema/review.ts'
import { token } from '../schema/template.ts'
import { actedOnUndecided } from './acted-on.ts'
import { experimentFindings } from './findings.ts'
import type { ExperimentsContext, ExperimentsInput } from './input.ts'
import { asNamedNow } from './looks.ts'
import { enterPortfolio } from './portfolio-facts.ts'
import { summarisePortfolio } from './portfolio.ts'
import { verdictDecision } from './readout-decision.ts'
import { enterReadout } from './readout-facts.ts'
import { readExperiment, type Readout } from './readout.ts'
import { subjectsOf } from './subjects.ts'
import { pooledTables, readoutTable } from './tables.ts'
import { aliveIn, type Phase, trialsOf } from './trials.ts'
import type { Verdict } from './verdict.ts'

/** What the experiments add to the stage that shows them. */
export interface ExperimentsReview {
  readonly facts: Fact[]
  readonly decisions: Decision[]
  readonly findings: Finding[]
  readonly tables: Table[]
  /** Sentences for the stage's summary. */
  readonly summary: string[]
}

/** Comparisons shown with all their figures; the rest keep their decision. */
const SHOWN = 24

/** Ended experiments first: they can be acted on. */
const ORDER: Readonly<Record<Phase, number>> = {
  completed: 0,
  stopped: 1,
  running: 2,
  not_started: 3,
  cancelled: 4,
}

const VERDICT_WORDS: readonly (readonly [Verdict, string])[] = [
  ['WIN', 'won'],
  ['LOSS', 'lost'],
  ['EQUIVALENT', 'made no difference that matters'],
  ['INCONCLUSIVE', 'ended without a result'],
  ['DIRECTIONAL', 'only point one way'],
  ['TOO_EARLY', 'are too early to read'],
  ['GUARDRAIL_BREACH', 'hurt a metric that must not get worse'],
  ['INVALID', 'cannot be read'],
]

/**
 * What did the experiments alive in the month show, what may be decided from them, and what was decided too early?
 *
 * @param input Rows of the data set, parsed where they were read; older experiments serve for pooling.
 */
export function reviewExperiments(
  input: ExperimentsInput,
  context: ExperimentsContext,
): ExperimentsReview {
  const { policy, month, asOfOn } = context
  const rules = policy.experiments
  const trials = trialsOf(input.rows, asOfOn)
  const earlierReadings = asNamedNow(input.earlierReadings, trials)
  const everyReadout = [...groupByText(trials, (trial) => trial.experimentId).values()].flatMap(
    (own) => readExperiment(own, { rules, asOfOn, earlierReadings }),
  )
  const alive = new Set(aliveIn(trials, monthRange(month)))
  const inReview = inOrder(everyReadout.filter((readout) => alive.has(readout.trial)))
  const subjects = subjectsOf(inReview)
  const portfolio = summarisePortfolio(inReview, everyReadout, rules)
  const actedOn = actedOnUndecided(input.log, inReview)
  const named = new Set(actedOn.map((entry) => entry.readout))
  const shown = subjects.filter(({ readout }, index) => index < SHOWN || named.has(readout))
  const hidden = subjects.length - shown.length
  const book = createFactBook()
  enterPortfolio(book, portfolio, { input, context, hidden })
  for (const subject of shown) {
    const falseDiscoveryRate = portfolio.falseDiscoveryRates.get(subject.readout)
    enterReadout(book, subject, { rules, falseDiscoveryRate })
  }
  return {
    facts: book.list(),
    decisions: subjects.map((subject) => verdictDecision(subject, rules, policy.version)),
    findings: experimentFindings({ subjects: shown, actedOn }, portfolio, rules),
    tables:
      shown.length === 0 ? [] : [readoutTable(shown, hidden), ...pooledTables(portfolio.pooled)],
    summary: summaryOf(inReview.map(({ call }) => call.verdict)),
  }
}

function inOrder(readouts: readonly Readout[]): Readout[] {
  return readouts.toSorted(
    (left, right) =>
      ORDER[left.trial.phase] - ORDER[right.trial.phase] ||
      compareText(left.trial.experimentId, right.trial.experimentId),
  )
}

/** How the comparisons ended; verdicts that none has are left out. */
function summaryOf(verdicts: readonly Verdict[]): string[] {
  if (verdicts.length === 0) return []
  const told = VERDICT_WORDS.filter(([verdict]) => verdicts.includes(verdict)).map(
    ([verdict, words]) => `${counted(`verdict.${verdict}`)} ${words}`,
  )
  return [
    `Experiments: ${counted('completed')} completed, ${counted('running')} running; of their comparisons ${told.join(', ')}.`,
  ]
}

function counted(name: string): string {
  return token(`campaign_roi.experiments.${name}`)
}
