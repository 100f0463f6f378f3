import { present } from '../kernel/invariant.ts'
import type { Finding } from '../schema/review.ts'
import { literal, token } from '../schema/template.ts'
import type { ActedOnUndecided } from './acted-on.ts'
import type { ExperimentRules } from './input.ts'
import { pooledPrefix } from './portfolio-facts.ts'
import type { PooledMetric, Portfolio } from './portfolio.ts'
import { type ReadoutSubject, VERDICT_RULE } from './subjects.ts'
import type { Verdict } from './verdict.ts'
import {
  anytimeWords,
  lookWords,
  neededWords,
  reasonWords,
  resultWords,
  worthWords,
} from './words.ts'

const TRAFFIC_RULE = 'experiment.traffic'
const LEAK_RULE = 'experiment.leak'
const ACTED_ON_RULE = 'experiment.acted_on_undecided'
const FALSE_WINNERS_RULE = 'experiment.false_winners'
const POOLING_RULE = 'experiment.pooling'

/** The comparisons shown, and what was decided on those that decide nothing. */
interface Told {
  readonly subjects: readonly ReadoutSubject[]
  readonly actedOn: readonly ActedOnUndecided[]
}

/** Everything a reader must know about the experiments of the month. */
export function experimentFindings(
  { subjects, actedOn }: Told,
  portfolio: Portfolio,
  rules: ExperimentRules,
): Finding[] {
  return [
    ...subjects.flatMap((subject) => verdictFindings(subject, rules)),
    ...subjects.flatMap(trafficFindings),
    ...actedOn.flatMap((entry) => actedOnFindings(entry, subjects, rules)),
    ...falseWinnerFindings(portfolio),
    ...portfolio.pooled.map(poolingFinding),
  ]
}

type Words = Pick<Finding, 'severity' | 'title' | 'detail'>

/** What each verdict tells; a win, an equivalence and a test that is too early stand in the table and need no finding. */
const TOLD: Readonly<
  Partial<Record<Verdict, (subject: ReadoutSubject, because: string) => Words>>
> = {
  INVALID: ({ name }, because) => ({
    severity: 'serious',
    title: `${literal(name)} cannot be read`,
    detail: `No figure of it may be used: ${because}.`,
  }),
  GUARDRAIL_BREACH: ({ name, readout }, because) => ({
    severity: 'serious',
    title: `${literal(name)} breaks a guardrail`,
    detail: `Whatever its own metric shows, ${because}: ${readout.breached.map(literal).join(', ')}.`,
  }),
  INCONCLUSIVE: (subject, because) => ({
    severity: 'warning',
    title: `${literal(subject.name)} ended without a result`,
    detail: `Nothing can be decided from it: ${because}.${shows(subject)}${anytimeWords(subject)}${neededWords(subject)}`,
  }),
  LOSS: (subject, because) => ({
    severity: 'warning',
    title: `${literal(subject.name)}: the treatment is worse`,
    detail: `Keep the control: ${because}.${shows(subject)}${worthWords(subject)}`,
  }),
  DIRECTIONAL: (subject, because) => ({
    severity: 'info',
    title: `${literal(subject.name)} points one way and decides nothing yet`,
    detail: `It may not be acted on: ${because}.${shows(subject)}${anytimeWords(subject)}${lookWords(subject)}`,
  }),
}

function shows(subject: ReadoutSubject): string {
  return subject.readout.comparison === null ? '' : ` It shows ${resultWords(subject)}.`
}

function verdictFindings(subject: ReadoutSubject, rules: ExperimentRules): Finding[] {
  const { call } = subject.readout
  const tell = TOLD[call.verdict]
  if (tell === undefined || call.reason === 'cancelled') return []
  return [
    {
      id: `finding.${subject.decisionId}`,
      ruleId: VERDICT_RULE,
      subject: `experiment:${subject.key}`,
      ...tell(subject, reasonWords(subject.readout, rules)),
    },
  ]
}

function trafficFindings({ readout, key, prefix, name }: ReadoutSubject): Finding[] {
  const { status, split } = readout.traffic
  const subject = `experiment:${key}`
  const watch: Finding = {
    id: `finding.${TRAFFIC_RULE}:${key}`,
    ruleId: TRAFFIC_RULE,
    severity: 'warning',
    subject,
    title: `The traffic of ${literal(name)} split unevenly`,
    detail: `The split against the planned shares has p = ${token(`${prefix}.traffic_p_value`)}: no alarm, but check the assignment before acting on the result.`,
  }
  const unplanned: Finding = {
    ...watch,
    title: `The traffic split of ${literal(name)} could not be checked`,
    detail:
      'Its plan states a share for some arms only, so nothing tells whether the arms hold the same kind of people. State every share before acting on the result.',
  }
  const leak: Finding = {
    id: `finding.${LEAK_RULE}:${key}`,
    ruleId: LEAK_RULE,
    severity: 'warning',
    subject,
    title: `${literal(name)}: users came into an arm planned to get none`,
    detail: `${token(`${prefix}.leaked_users`)} users were seen there. They are left out of the traffic test and of the comparison.`,
  }
  return [
    ...(status === 'watch' ? [watch] : []),
    ...(status === 'unplanned' && readout.comparison !== null ? [unplanned] : []),
    ...(split !== null && split.leakedUsers > 0 ? [leak] : []),
  ]
}

function actedOnFindings(
  { decision, readout }: ActedOnUndecided,
  subjects: readonly ReadoutSubject[],
  rules: ExperimentRules,
): Finding[] {
  const subject = present(
    subjects.find((candidate) => candidate.readout === readout),
    'the comparison that was acted on',
  )
  return [
    {
      id: `finding.${ACTED_ON_RULE}:${decision.id}`,
      ruleId: ACTED_ON_RULE,
      severity: 'serious',
      subject: `experiment:${subject.key}`,
      title: `${literal(decision.id)} acted on an undecided experiment`,
      detail: `The decision log names ${literal(subject.name)}, which does not carry a decision: ${reasonWords(readout, rules)}.${shows(subject)}`,
    },
  ]
}

/** Told when at least half of the winners are what chance alone would give. */
function falseWinnerFindings({ winners, expectedFalseWinners }: Portfolio): Finding[] {
  if (winners === 0 || 2 * expectedFalseWinners < winners) return []
  return [
    {
      id: `finding.${FALSE_WINNERS_RULE}`,
      ruleId: FALSE_WINNERS_RULE,
      severity: 'warning',
      subject: 'experiments',
      title: 'Chance alone may explain half of the winners',
      detail: `Of ${token('campaign_roi.experiments.judged')} comparisons, ${token('campaign_roi.experiments.verdict.WIN')} won; without any real effect ${token('campaign_roi.experiments.expected_false_winners')} would. Repeat a winner before building on it.`,
    },
  ]
}

function poolingFinding(line: PooledMetric): Finding {
  const lift = `${pooledPrefix(line)}.lift`
  return {
    id: `finding.${POOLING_RULE}:${line.metric}`,
    ruleId: POOLING_RULE,
    severity: 'info',
    subject: `metric:${line.metric}`,
    title: `${literal(line.metric)}: what the experiments say together`,
    detail: `Over ${token(`${pooledPrefix(line)}.experiments`)} experiments the lift is ${token(lift)} (${token(`${lift}.low`)} to ${token(`${lift}.high`)}), by random effects; single lifts are not averaged.`,
  }
}
