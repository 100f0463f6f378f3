import {
  type Catalogue,
  createCatalogue,
  type Measure,
  type Movement,
} from '#rules/narrative/catalogue.ts'
import { quotedNames } from '#rules/narrative/names.ts'
import { fixed } from '#src/report/format.ts'

import type { CaseState, Glossary, Metric } from './state.ts'

const SIGNS = { USD: '$', EUR: '€', GBP: '£' } as const
const SHARED = new Set(['spend', 'revenue', 'leads'])
const ACTIONS = ['scale', 'hold', 'reduce', 'stop'] as const
const STATUSES = ['approved', 'pending', 'rejected'] as const
const STATUS_WORDS = {
  approved: 'approved by the operator',
  pending: 'awaiting operator approval',
  rejected: 'rejected by the operator',
} as const

/** The catalogue of a case's state, made by the modules the review uses. */
export function caseCatalogue(state: CaseState, glossary: Glossary): Catalogue {
  const names = caseNames(state)
  return createCatalogue({
    subjects: state.entities.map(({ id }) => ({ id, name: names.get(id) ?? '' })),
    measures: state.metrics.map((metric) => measureOf(metric, state, glossary)),
    decisions: new Map(
      state.decisions.map((decision) => [
        decision.entity,
        decisionPhrase(decision, state, glossary),
      ]),
    ),
    statements: new Map([
      ...rankings(state, glossary, names),
      ...lists(state, names),
      ...notes(state),
    ]),
  })
}

function caseNames(state: CaseState): ReadonlyMap<string, string> {
  const campaigns = state.entities.filter(({ type }) => type === 'campaign')
  const quoted = quotedNames(campaigns.map(({ name }) => name))
  const named = campaigns.map(({ id }, index) => [id, quoted[index] ?? ''] as const)
  const others = state.entities.filter(({ type }) => type === 'portfolio')
  return new Map([...others.map(({ id }) => [id, 'the portfolio'] as const), ...named])
}

/** A figure at the precision it is stored in. */
function figure(value: number, unit: Metric['unit'], state: CaseState): string {
  const minus = value < 0 ? '-' : ''
  const size = Math.abs(value)
  if (unit === 'money') {
    return `${minus}${SIGNS[state.currency]}${fixed(size, Number.isInteger(value) ? 0 : 2)}`
  }
  if (unit === 'pct') return `${minus}${fixed(size, 1)}%`
  if (unit === 'x') return `${minus}${fixed(size, 2)}x`
  return `${minus}${fixed(size, 0)}`
}

function measureOf(row: Metric, state: CaseState, glossary: Glossary): Measure {
  const form = {
    score: 'scored',
    count: 'counted',
    money: 'plain',
    pct: 'plain',
    x: 'plain',
  } as const
  const previous = row.prev === null ? undefined : figure(row.prev, row.unit, state)
  const movement = movementOf(row, state)
  const share = shareOf(row, state)
  return {
    subject: row.entity,
    metric: row.metric,
    label: glossary.metrics[row.metric]?.label ?? row.metric,
    form: form[row.unit],
    current: figure(row.cur, row.unit, state),
    ...(previous === undefined ? {} : { previous }),
    ...(movement === undefined ? {} : { movement }),
    ...(share === undefined ? {} : { share }),
  }
}

function movementOf(row: Metric, state: CaseState): Movement | undefined {
  if (row.prev === null) return undefined
  const [from = '', to = ''] = shownPair([row.prev, row.cur], row.unit, state)
  if (row.cur === row.prev) return { direction: 'none', from, to }
  if (row.unit !== 'pct' && row.prev === 0) return undefined
  const [amount, unit] = sizeOf(row, row.prev)
  if (amount === '0.0') return { direction: 'small', size: `0.1${unit}`, from, to }
  return { direction: row.cur > row.prev ? 'rise' : 'fall', size: `${amount}${unit}`, from, to }
}

/** Both figures with the same decimals. */
function shownPair(values: readonly number[], unit: Metric['unit'], state: CaseState): string[] {
  const shown = values.map((value) => figure(value, unit, state))
  const mixed = unit === 'money' && shown.some((text) => text.includes('.'))
  return shown.map((text) => (mixed && !text.includes('.') ? `${text}.00` : text))
}

function sizeOf({ cur, unit }: Metric, prev: number): [string, string] {
  return unit === 'pct'
    ? [fixed(Number(Math.abs(cur - prev).toFixed(4)), 1), ' pp']
    : [fixed(Number(Math.abs((cur / prev - 1) * 100).toFixed(6)), 1), '%']
}

function shareOf(row: Metric, state: CaseState): string | undefined {
  if (row.entity === 'pf' || !SHARED.has(row.metric)) return undefined
  const total = state.metrics.find(({ entity, metric }) => entity === 'pf' && metric === row.metric)
  if (total === undefined || total.cur === 0) return undefined
  return `${fixed(Number(((row.cur / total.cur) * 100).toFixed(6)), 1)}%`
}

function decisionPhrase(
  decision: CaseState['decisions'][number],
  state: CaseState,
  glossary: Glossary,
): string {
  const [from, to] = [decision.from, decision.to].map((value) => figure(value, 'money', state))
  const what = {
    hold: `hold the budget at ${to}`,
    stop: `stop the campaign (budget ${from} to ${to})`,
    scale: `scale the budget from ${from} to ${to}`,
    reduce: `reduce the budget from ${from} to ${to}`,
  }[decision.action]
  const basis = decision.reason.map((code) => glossary.reasons[code] ?? code).join(' and ')
  return `a recommendation to ${what}; rule basis: ${basis}; status: ${STATUS_WORDS[decision.status]}`
}

function rankings(
  state: CaseState,
  glossary: Glossary,
  names: ReadonlyMap<string, string>,
): [string, string][] {
  return Object.entries(glossary.metrics).flatMap(([metric, { label, unit }]) => {
    const rows = state.metrics.filter((row) => row.metric === metric && row.entity !== 'pf')
    if (rows.length === 0) return []
    const extreme = (word: string, value: number): string => {
      const holders = rows.filter((row) => row.cur === value).map((row) => names.get(row.entity))
      return `${holders.join(' and ')} had the ${word} ${label} (${figure(value, unit, state)})`
    }
    const values = rows.map((row) => row.cur)
    const pairs = rows.flatMap((left) =>
      rows
        .filter((right) => right.entity !== left.entity)
        .map((right): [string, string] => [
          `cmp.${metric}.${left.entity}.${right.entity}`,
          comparison({ left, right, label, names }, state),
        ]),
    )
    return [
      [`top.${metric}`, extreme('highest', Math.max(...values))],
      [`bottom.${metric}`, extreme('lowest', Math.min(...values))],
      ...pairs,
    ]
  })
}

function comparison(
  pair: { left: Metric; right: Metric; label: string; names: ReadonlyMap<string, string> },
  state: CaseState,
): string {
  const { left, right, label, names } = pair
  const order = { '1': 'a higher', '-1': 'a lower', '0': 'the same' }[
    String(Math.sign(left.cur - right.cur))
  ]
  const joint = left.cur === right.cur ? 'as' : 'than'
  const figures = [left, right].map(({ cur, unit }) => figure(cur, unit, state)).join(' versus ')
  return `${names.get(left.entity)} had ${order} ${label} ${joint} ${names.get(right.entity)} (${figures})`
}

function lists(state: CaseState, names: ReadonlyMap<string, string>): [string, string][] {
  const listed = (rows: CaseState['decisions']): string =>
    rows.length === 0 ? 'none' : rows.map(({ entity }) => names.get(entity)).join(', ')
  const byAction = ACTIONS.map((action): [string, string] => {
    const rows = state.decisions.filter((decision) => decision.action === action)
    return [`list.${action}`, `recommended to ${action} (${rows.length}): ${listed(rows)}`]
  })
  const byStatus = STATUSES.map((status): [string, string] => {
    const rows = state.decisions.filter((decision) => decision.status === status)
    const count = `${rows.length} of ${state.decisions.length}`
    return [`list.${status}`, `decisions ${status} (${count}): ${listed(rows)}`]
  })
  return [...byAction, ...byStatus]
}

function notes(state: CaseState): [string, string][] {
  const { cur, prev } = state.period
  const { warnings, missingUtmPct, rows } = state.dq
  const missing = figure(missingUtmPct, 'pct', state)
  return [
    ['period', `${cur[0]} to ${cur[1]}, compared with ${prev[0]} to ${prev[1]}`],
    [
      'dq',
      `${warnings} data-quality warnings; UTM parameters missing on ${missing} of ${fixed(rows, 0)} rows`,
    ],
    ['suppressed', `${fixed(state.suppressedContacts, 0)} contacts suppressed`],
    [
      'claims',
      `${state.claims.blocked.length} of ${state.claims.reviewed} reviewed claims blocked`,
    ],
  ]
}
