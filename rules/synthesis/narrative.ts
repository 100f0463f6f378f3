import {
  standingNote,
  standingToTell,
  type CampaignStanding,
} from '../governance/campaign-standing.ts'
import { enumerated, midSentence } from '../kernel/enumeration.ts'
import type { Fact, Finding } from '../schema/review.ts'
import type { Action, Health, SegmentCall, TargetStatus } from '../schema/synthesis.ts'
import { token } from '../schema/template.ts'
import { actionPrefix } from './actions.ts'

/** What the executive narrative is told from; every fact it may name by id. */
export interface NarrativeSources {
  readonly health: Health
  readonly targets: readonly TargetStatus[]
  readonly segments: readonly SegmentCall[]
  readonly actions: readonly Action[]
  /** Serious findings of the earlier stages, the gravest first. */
  readonly serious: readonly Finding[]
  /** Findings on what an earlier report printed. */
  readonly published: readonly Finding[]
  /** Stages that could not be assessed, as a reader names them. */
  readonly unmeasured: readonly string[]
  readonly facts: ReadonlyMap<string, Fact>
  readonly standings: ReadonlyMap<string, CampaignStanding>
}

const NAMED = 3

/** The executive narrative: verdict, money, segments, targets, what must be known before deciding, and what to decide first. */
export function executiveNarrative(sources: NarrativeSources): string[] {
  return [
    verdictSentence(sources.health),
    ...unmeasuredSentence(sources.health),
    moneySentence(sources),
    ...segmentSentence(sources),
    ...targetSentence(sources.targets),
    ...cautionSentence(sources),
    ...missingSentence(sources.unmeasured),
    ...firstSentence(sources.actions),
  ]
}

const VERDICTS: Readonly<Record<Health['verdict'], string>> = {
  on_track: 'Marketing is on track',
  attention: 'Marketing needs attention',
  critical: 'Marketing is in a critical state',
  not_assessable: 'The data do not allow a verdict',
}

function verdictSentence({ verdict, reasons }: Health): string {
  const texts = reasons.map(({ text }) => text)
  if (saysUnmeasured(reasons)) return `No verdict is given: ${enumerated(texts)}.`
  return texts.length === 0
    ? `${VERDICTS[verdict]}.`
    : `${VERDICTS[verdict]}: ${enumerated(texts)}.`
}

function unmeasuredSentence({ unmeasured, reasons }: Health): string[] {
  if (unmeasured.length === 0 || saysUnmeasured(reasons)) return []
  return [`Not looked at, because not measured: ${enumerated(unmeasured)}.`]
}

/** Is it a reason already that nothing was measured, with what it would have been? */
function saysUnmeasured(reasons: Health['reasons']): boolean {
  return reasons.some(({ code }) => code === 'nothing_measured')
}

const total = (metric: string): string => `campaign_roi.total.${metric}`
const figure = (metric: string): string => token(total(metric))
const count = (metric: string): string => token(`synthesis.segments.${metric}`)

function moneySentence({ facts, targets }: NarrativeSources): string {
  const has = (metric: string): boolean => hasValue(facts.get(total(metric)))
  if (has('roi') && has('net')) {
    return `The month cost ${figure('cost')} in full and returned ${figure('value')}${has('value_basis') ? `, ${figure('value_basis')}` : ''}: a net of ${figure('net')} and an ROI of ${figure('roi')}${againstTarget(targets)}.`
  }
  if (has('cost'))
    return `The month cost ${figure('cost')} in full; what it returned was not measured.`
  if (has('value')) return `The month returned ${figure('value')}; what it cost was not measured.`
  return 'Neither cost nor value of the month was measured, so nothing can be said of its return.'
}

function againstTarget(targets: readonly TargetStatus[]): string {
  const target = targets.find(({ id, status }) => id === 'roi' && status !== 'not_assessable')
  if (target === undefined) return ''
  const operator = target.operator === 'at_least' ? 'at least' : 'at most'
  return `, which ${target.status === 'met' ? 'meets' : 'misses'} the target of ${operator} ${token(target.target)}`
}

const CALLS = [
  ['scale', 'Scale'],
  ['revise', 'revise'],
  ['stop', 'stop'],
] as const

function segmentSentence({ segments, facts, standings }: NarrativeSources): string[] {
  if (segments.length === 0) return []
  const stated = statedWords(segments)
  const calls = CALLS.flatMap(([action, verb]) => {
    const names = segments
      .filter((segment) => segment.action === action)
      .map(({ name, campaignId }) => `${name}${noteOf(standings.get(campaignId))}`)
    if (names.length === 0) return []
    const others = names.length > NAMED ? [...names.slice(0, NAMED), 'others'] : names
    return [`${verb} ${enumerated(others)}`]
  })
  const plan = calls.length === 0 ? '' : ` ${sentenceCase(calls.join('; '))}.`
  const has = (direction: SegmentCall['momentum']): boolean =>
    segments.some(({ momentum }) => momentum === direction)
  const isOpen = has('not_assessable')
  if (isOpen && segments.every(({ momentum }) => momentum === 'not_assessable')) {
    return [`The direction of ${count('total')} segments could not be judged.${plan}`]
  }
  // Where some directions cannot be told, a count of none is not stated.
  const stands = (metric: string): boolean =>
    !isOpen || hasValue(facts.get(`synthesis.segments.${metric}`))
  const parts = [
    ...(stands('improving') ? [`${count('improving')} improve`] : []),
    ...(stands('declining') ? [`${count('declining')} decline`] : []),
    ...(has('undecided') ? [`${count('within_chance')} are undecided`] : []),
    ...(stands('stable') ? [`${count('stable')} are stable`] : []),
    ...(isOpen ? [`the direction of ${count('not_assessable')} could not be judged`] : []),
  ]
  return [`Of ${count('total')} segments${stated} ${enumerated(parts)}.${plan}`]
}

/** What the directions rest on, where a statement is part of it. */
function statedWords(segments: NarrativeSources['segments']): string {
  const rests = (on: 'stated' | 'measured'): boolean => segments.some(({ basis }) => basis === on)
  if (!rests('stated')) return ''
  return rests('measured')
    ? ', some measured and some as stated trends tell,'
    : ', as far as stated trends tell,'
}

/** A call for a campaign that does not run on says so. */
function noteOf(standing: CampaignStanding | undefined): string {
  const told = standingToTell(standing)
  return told === undefined ? '' : ` (${standingNote(told)})`
}

function targetSentence(targets: readonly TargetStatus[]): string[] {
  if (targets.length === 0) return []
  const missed = targets.filter(({ status }) => status === 'missed')
  const of = `${token('synthesis.targets.missed')} of ${token('synthesis.targets.total')} targets`
  if (missed.length === 0) {
    const unknown = targets.filter(({ status }) => status === 'not_assessable').length
    if (unknown === 0) return ['Every target is met.']
    return [
      unknown === targets.length
        ? 'No target can be assessed.'
        : 'No target that can be assessed is missed; others cannot be assessed.',
    ]
  }
  const told = missed
    .slice(0, NAMED)
    .map(
      ({ label, actual, operator, target }) =>
        `${midSentence(label)} (${token(actual)}, ${operator === 'at_least' ? 'at least' : 'at most'} ${token(target)} asked)`,
    )
  return [`${of} are missed: ${enumerated(told)}.`]
}

/** A waiting move is a reason of the verdict already. */
const WAITING_MOVE = 'budget.carried_move'

/** What must be known before the figures are used: the gravest findings, and that an earlier report does not hold. */
function cautionSentence({ serious, published }: NarrativeSources): string[] {
  const told = serious
    .filter(({ ruleId }) => ruleId !== WAITING_MOVE)
    .slice(0, NAMED)
    .map(({ title }) => inSentence(title))
  return [
    ...(told.length === 0 ? [] : [`Before deciding, know this: ${told.join('; ')}.`]),
    ...(published.length === 0
      ? []
      : [
          'Figures of the report published earlier do not hold; each stands beside the right one below.',
        ]),
  ]
}

function missingSentence(stages: readonly string[]): string[] {
  return stages.length === 0 ? [] : [`Not measured this month: ${enumerated(stages)}.`]
}

function firstSentence(actions: readonly Action[]): string[] {
  const [first] = actions
  if (first === undefined) return []
  const prefix = actionPrefix(first.rank)
  const worth =
    first.expectedImpact === null
      ? ''
      : `, expected to be worth about ${token(`${prefix}.impact_mid`)}`
  return [
    `First, ${midSentence(first.title)}${worth} (${first.ownerName}, by ${token(`${prefix}.due`)}).`,
  ]
}

function hasValue(fact: Fact | undefined): boolean {
  return fact?.status === 'known' || fact?.status === 'zero'
}

/** A title within a sentence: an article loses its capital, a name keeps it. */
function inSentence(title: string): string {
  return /^(A|An|The|No) /.test(title)
    ? `${title.slice(0, 1).toLowerCase()}${title.slice(1)}`
    : title
}

function sentenceCase(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`
}
