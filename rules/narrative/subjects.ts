import { compareText } from '../kernel/order.ts'
import { distinctPair, distinctPart } from '../kernel/text-id.ts'
import type { Decision, Fact, StageResult } from '../schema/review.ts'
import { token } from '../schema/template.ts'
import type { Measure, Movement } from './catalogue.ts'
import { NARRATED_METRICS, spokenOf, wordsOfSubject } from './metrics.ts'
import { movementId, numberOf, priorFactIds } from './movement-facts.ts'

const SUBJECTS_MAX = 16

/** Facts of the stage by id, and a figure as the reader sees it. */
export interface Figures {
  readonly facts: ReadonlyMap<string, Fact>
  readonly show: (fact: Fact) => string
}

/** A figure of a subject before the subject has an alias. `fact` is where it was read. */
export interface Candidate {
  readonly name: string
  /** The part of the subject before the colon: subjects of one kind can be compared. */
  readonly kind: string
  readonly decisions: readonly Decision[]
  readonly measures: readonly (Omit<Measure, 'subject'> & { readonly fact: Fact })[]
  readonly brief: string
}

/** What the stage knows as a whole. */
export function wholeOf(result: StageResult, figures: Figures): Candidate {
  const prefixes =
    result.stage === 'synthesis'
      ? ['campaign_roi.total.', 'budget.total.']
      : [`${result.stage}.total.`, `${result.stage}.month.`]
  return candidateOf({ name: 'the month', kind: '', decisions: [] }, prefixes, figures)
}

/**
 * The subjects of the stage's decisions, those with most figures first, ties by what is known of them and never by their names or ids: so the
 * same figures under other names come in the same order. Two subjects whose ids read the same in a fact id get no figures.
 */
export function rankedSubjects(result: StageResult, figures: Figures): Candidate[] {
  const groups = Map.groupBy(result.decisions, ({ subject }) => subject)
  const prefixes = Array.from(groups.keys(), (subject) => factPrefix(result.stage, subject))
  return Array.from(groups, ([subject, decisions]) => {
    const prefix = factPrefix(result.stage, subject)
    const isOwn = prefixes.filter((each) => each === prefix).length === 1
    const [kind = ''] = subject.split(':')
    const [name = ''] = decisions.map(({ subjectName }) => subjectName)
    return candidateOf({ name, kind, decisions }, isOwn ? [prefix] : [], figures)
  })
    .toSorted(
      (left, right) =>
        right.measures.length - left.measures.length || compareText(left.brief, right.brief),
    )
    .slice(0, SUBJECTS_MAX)
}

/** Kinds that fact ids call otherwise. */
const KINDS_IN_FACTS: ReadonlyMap<string, string> = new Map([['content', 'piece']])

/** `campaign:916` of a stage → `campaign_roi.campaign.916.`; `cell:a@b:x>y` → `funnel.cell.a:b.x-y.`. */
function factPrefix(stage: string, subject: string): string {
  const [kind = '', ...id] = subject.split(':')
  return `${stage}.${KINDS_IN_FACTS.get(kind) ?? kind}.${partOf(id.join(':'))}.`
}

/** `a@b:x>y`: a step from x to y in the cell a@b, or in the whole. */
function partOf(id: string): string {
  const step = /(?:(.*):)?([^:]*)>([^>]*)/.exec(id)
  if (step === null) return distinctPart(id)
  const [, cell, from = '', to = ''] = step
  return `${cell === undefined ? '' : `${distinctPart(cell)}.`}${distinctPair(from, to)}`
}

function candidateOf(
  subject: Pick<Candidate, 'name' | 'kind' | 'decisions'>,
  prefixes: readonly string[],
  figures: Figures,
): Candidate {
  const measures = Array.from(NARRATED_METRICS).flatMap(([metric, words]) =>
    prefixes
      .flatMap((prefix) => {
        const fact = measured(`${prefix}${metric}`, figures)
        if (fact === undefined) return []
        return [measureOf(fact, { metric, ...wordsOfSubject(prefix, metric, words) }, figures)]
      })
      .slice(0, 1),
  )
  const calls = subject.decisions.map(({ action, reason }) => `decision=${action} (${reason})`)
  const lines = measures.map((measure) => briefOf(measure, figures))
  return { ...subject, measures, brief: [...calls, ...lines].join('; ') }
}

type Called = Pick<Measure, 'metric' | 'label' | 'form' | 'article' | 'singular'>

function measureOf(
  fact: Fact,
  called: Called,
  figures: Figures,
): Candidate['measures'][number] & Past {
  const past = pastOf(fact, figures)
  return {
    ...called,
    moved: spokenOf(called.label),
    fact,
    current: token(fact.id),
    isOne: { current: isOne(fact, figures), previous: isOne(past.before, figures) },
    ...past,
  }
}

function isOne(fact: Fact | undefined, { show }: Figures): boolean {
  return fact !== undefined && show(fact) === '1'
}

/** The fact of an id when it holds a figure. */
function measured(id: string, { facts }: Figures): Fact | undefined {
  const fact = facts.get(id)
  return fact === undefined || numberOf(fact) === null ? undefined : fact
}

type Past = Pick<Measure, 'previous' | 'movement' | 'change'> & {
  readonly before?: Fact | undefined
}

function pastOf(now: Fact, figures: Figures): Past {
  const before = priorFactIds(now.id).flatMap((id) => measured(id, figures) ?? [])[0]
  if (before !== undefined) {
    return { before, previous: token(before.id), movement: movementOf(now, before, figures) }
  }
  const change = measured(`${now.id}_change`, figures)
  return change === undefined ? {} : { change: changeOf(change, figures) }
}

function changeOf(change: Fact, { show }: Figures): NonNullable<Measure['change']> {
  const [value, size] = [numberOf(change) ?? 0, token(change.id)]
  if (value === 0) return { direction: 'none', size }
  if (show(change).startsWith('under')) return { direction: 'small', size }
  return { direction: value > 0 ? 'rise' : 'fall', size }
}

function movementOf(now: Fact, before: Fact, figures: Figures): Movement {
  const pair = { from: token(before.id), to: token(now.id) }
  const difference = (numberOf(now) ?? 0) - (numberOf(before) ?? 0)
  if (difference === 0) return { direction: 'none', ...pair }
  if (figures.show(now) === figures.show(before)) return { direction: 'small', ...pair }
  const direction = difference > 0 ? 'rise' : 'fall'
  const size = measured(movementId(now.id), figures)
  if (size === undefined) return { direction, ...pair }
  const shownSize = figures.show(size)
  // What rounds to nothing is told without a size: the pair shows that something moved.
  if (shownSize.startsWith('under')) return { direction: 'small', ...pair }
  return { direction, size: token(size.id), shownSize, signed: size.unit === 'points', ...pair }
}

function briefOf(measure: Candidate['measures'][number] & Past, { facts, show }: Figures): string {
  const { metric, fact, before, change } = measure
  if (before !== undefined) return `${metric}=${show(fact)} prev=${show(before)} (.prev .chg)`
  const changed = facts.get(`${fact.id}_change`)
  return change === undefined || changed === undefined
    ? `${metric}=${show(fact)}`
    : `${metric}=${show(fact)} change=${show(changed)} (.chg)`
}
