// cspell:ignore aksr UDIW
import type { ShownFigure } from './figures.ts'
import { directionIn, figureAfter, type Passage, subjectOf, type Verdict } from './passage.ts'
import { PORTFOLIO, type ReadableDecision, type ReadableState } from './state.ts'
import { isChange, movedAs, known, sameSet } from './truth.ts'

const ACTIONS: Readonly<Record<string, ReadableDecision['action']>> = {
  a: 'scale',
  k: 'hold',
  s: 'stop',
  r: 'reduce',
}
const STATUSES: Readonly<Record<string, ReadableDecision['status']>> = {
  p: 'approved',
  w: 'pending',
  j: 'rejected',
}

function actionIn(meanings: string): ReadableDecision['action'] | undefined {
  return ACTIONS[/[aksr]/.exec(meanings)?.[0] ?? '']
}

function statusIn(meanings: string): ReadableDecision['status'] | undefined {
  return STATUSES[/[pwj]/.exec(meanings)?.[0] ?? '']
}

function decisionOn(state: ReadableState, entity: string): ReadableDecision | undefined {
  return state.decisions.find((decision) => decision.entity === entity)
}

/** `scale “A”, “B”`, `“A” is to be stopped`, `“A” was approved`: action and status, where said, are those of every entity named. */
export function decided(passage: Passage): Verdict {
  const { state, entities, context, meanings } = passage
  const subjects = entities.length > 0 ? entities : context.subjects
  const [action, status] = [actionIn(meanings), statusIn(meanings)]
  const holds = subjects.every((entity) => {
    const decision = decisionOn(state, entity)
    return (
      decision !== undefined &&
      (action === undefined || decision.action === action) &&
      (status === undefined || decision.status === status)
    )
  })
  if (!holds || subjects.length === 0) return null
  return { subjects, decided: subjects.length === 1 ? (subjects[0] ?? null) : null }
}

/** `the budget moves from $50,000 to $60,000`, `is cut 25% to $7,500`, `hold the budget at $60,000`. */
export function budget(passage: Passage): Verdict {
  const entity = subjectOf(passage)
  const decision = decisionOn(passage.state, entity)
  if (decision === undefined || !isBudgetDirection(passage.meanings, decision)) return null
  const [to, from] = budgetEnds(passage)
  const size = passage.figures.find((figure) => figure !== to && figure !== from)
  const holds =
    (to === null || isMoney(to, decision.to)) &&
    (from === null || isMoney(from, decision.from)) &&
    (size === undefined || isBudgetChange(size, decision))
  return holds ? { subjects: [decision.entity], decided: decision.entity } : null
}

function isBudgetDirection(meanings: string, { action, from, to }: ReadableDecision): boolean {
  const said = actionIn(meanings)
  if (said !== undefined && said !== action) return false
  if (/[eD]/.test(meanings) && to >= from) return false
  return !meanings.includes('U') || to > from
}

function budgetEnds(passage: Passage): [ShownFigure | null, ShownFigure | null] {
  const { meanings, figures } = passage
  const [only = null, second = null] = figures
  if (meanings.includes('k')) return [only, null]
  if (meanings.endsWith('VTV') && !/[OeUD]/.test(meanings)) return [second, only]
  return [figureAfter(passage, 'T'), figureAfter(passage, 'O')]
}

function isMoney(shown: ShownFigure, value: number): boolean {
  return shown.unit === 'money' && Math.abs(shown.value - value) < 0.005 && shown.sign === ''
}

function isBudgetChange(shown: ShownFigure, { from, to, entity }: ReadableDecision): boolean {
  const metric = { id: 'budget', unit: 'money' as const, better: 0 as const, names: [] }
  return isChange(shown, { figure: { entity, metric: 'budget', now: to, before: from }, metric })
}

/** A reason the state gives for what was just recommended, and no other cause of anything. */
export function because({ state, context, reasons }: Passage): Verdict {
  const given = decisionOn(state, context.decided ?? '')?.reasons ?? []
  return reasons.every((reason) => given.includes(reason)) ? {} : null
}

/** `recommended to scale (2): “A”, “B”`, `decisions approved (2 of 5): …`: all of them and no other, with their number. */
export function listed(passage: Passage): Verdict {
  const { state, entities, figures, meanings } = passage
  const [action, status] = [actionIn(meanings), statusIn(meanings)]
  const rows = state.decisions.filter(
    (decision) => decision.action === action || decision.status === status,
  )
  const counts = [rows.length, state.decisions.length]
  const numbers = figures.every((figure, index) => isCount(figure, counts[index] ?? Number.NaN))
  const names = rows.map(({ entity }) => entity)
  return numbers && sameSet(names, entities) ? {} : null
}

/** `Three of five campaigns grew revenue`, `No campaign was stopped`, `Two decisions are pending`. */
export function counted(passage: Passage): Verdict {
  const { figures, meanings } = passage
  const counts = meanings.includes('C') ? countCampaigns(passage) : countDecisions(passage)
  if (counts.all === 0) return null
  return isNumber(meanings, figures, counts) ? {} : null
}

/** `all`, `no`, a number, or a number of a number. */
function isNumber(meanings: string, figures: readonly ShownFigure[], counts: Counts): boolean {
  if (meanings.includes('A')) return counts.some === counts.all
  if (meanings.includes('N')) return counts.some === 0
  const [said, total] = figures
  if (said === undefined || !isCount(said, counts.some)) return false
  return total === undefined || isCount(total, counts.all)
}

interface Counts {
  readonly all: number
  readonly some: number
}

function countCampaigns(passage: Passage): Counts {
  const { state, metrics, meanings } = passage
  const entities = state.entities.filter(({ id }) => id !== PORTFOLIO).map(({ id }) => id)
  const [metric] = metrics
  if (metric === undefined) {
    const [action, status] = [actionIn(meanings), statusIn(meanings)]
    const hit = state.decisions.filter(
      (decision) => decision.action === action || decision.status === status,
    )
    return { all: entities.length, some: hit.length }
  }
  const moved = entities.filter((entity) =>
    movedAs(directionIn(meanings), known(state, entity, metric)),
  )
  return { all: entities.length, some: moved.length }
}

function countDecisions({ state, meanings }: Passage): Counts {
  const status = statusIn(meanings)
  const hit = state.decisions.filter((decision) => decision.status === status)
  return { all: state.decisions.length, some: hit.length }
}

function isCount(shown: ShownFigure, count: number): boolean {
  return shown.unit === 'plain' && shown.sign === '' && shown.value === count
}

/** Notes on the data: contacts suppressed, warnings, rows without UTM parameters, claims blocked. */
export function noted({ state, figures, meanings }: Passage): Verdict {
  const { suppressed, warnings, missingUtmPct, rows, claimsBlocked, claimsReviewed } = state.notes
  const notes: readonly (readonly [string, readonly number[]])[] = [
    ['Y', [suppressed]],
    ['x', [warnings]],
    ['m', [missingUtmPct, rows]],
    ['J', [claimsBlocked, claimsReviewed]],
  ]
  const wanted = notes.flatMap(([meaning, values]) => (meanings.includes(meaning) ? values : []))
  const units = meanings.includes('m') ? ['pct', 'plain'] : ['plain', 'plain']
  const holds = figures.every(
    (figure, index) =>
      figure.unit === units[index] &&
      figure.sign === '' &&
      Math.abs(figure.value - (wanted[index] ?? Number.NaN)) < 1e-9,
  )
  return holds ? {} : null
}

/** The period as the state has it, the days in their order. */
export function period({ state, days }: Passage): Verdict {
  return days.every((day, at) => day === state.days[at]) ? {} : null
}
