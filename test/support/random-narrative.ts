import type { RandomSource } from '#rules/kernel/random.ts'
import type { Catalogue } from '#rules/narrative/catalogue.ts'
import { VOCABULARY } from '#rules/narrative/vocabulary.ts'

import type { CaseState } from '../oracle/narrative/state.ts'

const NAMES = [
  'Brand Search',
  'Retargeting',
  'Summer 50% Off',
  'Stop Motion Ads',
  'Rise & Shine 2x',
  'No Revenue',
  'Leads, Leads, Leads',
  'C-3 (East) 2026',
  'Highest ROAS',
  'approved',
]
const UNITS = {
  spend: 'money',
  revenue: 'money',
  roas: 'x',
  leads: 'count',
  cvr: 'pct',
  cac: 'money',
  score: 'score',
} as const
const ACTIONS = ['scale', 'hold', 'stop', 'reduce'] as const
const STATUSES = ['approved', 'pending', 'rejected'] as const
const REASONS = ['ROAS_ABOVE_TARGET', 'ROAS_BELOW_FLOOR', 'MIXED_SIGNALS', 'LEADS_DOWN'] as const

/** One of a list. */
export function pick<const Item>(items: readonly Item[], random: RandomSource): Item {
  const item = items[Math.floor(random() * items.length)]
  if (item === undefined) throw new Error('nothing to pick from')
  return item
}

/** A state with names, figures and decisions at random: equal figures, zeros and missing months included. */
export function randomState(random: RandomSource): CaseState {
  const count = 2 + Math.floor(random() * 4)
  const names = NAMES.toSorted(() => random() - 0.5).slice(0, count)
  const campaigns = names.map((name, index) => ({
    id: `c${index + 1}`,
    type: 'campaign' as const,
    name,
  }))
  const entities = [{ id: 'pf', type: 'portfolio' as const, name: 'the portfolio' }, ...campaigns]
  return {
    currency: pick(['USD', 'EUR', 'GBP'], random),
    period: { cur: ['2026-10-01', '2026-10-31'], prev: ['2026-09-01', '2026-09-30'] },
    entities,
    metrics: entities.flatMap(({ id }) =>
      Object.entries(UNITS).map(([metric, unit]) => ({
        entity: id,
        metric,
        unit,
        ...randomPair(unit, random),
      })),
    ),
    decisions: campaigns.map(({ id }) => randomDecision(id, random)),
    dq: { rows: whole(random, 90_000), missingUtmPct: whole(random, 999) / 10, warnings: 2 },
    suppressedContacts: whole(random, 5000),
    claims: { reviewed: 14, blocked: [] },
  }
}

function whole(random: RandomSource, below: number): number {
  return Math.floor(random() * below)
}

function randomPair(
  unit: (typeof UNITS)[keyof typeof UNITS],
  random: RandomSource,
): { cur: number; prev: number | null } {
  const value = (): number => {
    if (unit === 'money') return whole(random, 90_000) + (random() < 0.3 ? 0.25 : 0)
    if (unit === 'pct') return whole(random, 900) / 10
    return unit === 'x' ? whole(random, 900) / 100 : whole(random, 3000)
  }
  const cur = value()
  if (unit === 'score' || random() < 0.1) return { cur, prev: null }
  return { cur, prev: random() < 0.1 ? cur : value() }
}

function randomDecision(entity: string, random: RandomSource): CaseState['decisions'][number] {
  const action = pick(ACTIONS, random)
  const from = 1000 + whole(random, 90) * 100
  const to = { scale: from + 500, hold: from, stop: 0, reduce: from - 400 }[action]
  return {
    entity,
    action,
    status: pick(STATUSES, random),
    from,
    to,
    reason: [pick(REASONS, random)],
  }
}

/** A sentence such as a model might write: mostly by the rules, sometimes with a word, a token or a mark too many. */
export function randomSentence(catalogue: Catalogue, random: RandomSource): string {
  const ids = [...catalogue.keys()]
  const id = pick(ids, random)
  const entry = catalogue.get(id)
  const glue = pick(['', 'Also, ', 'Meanwhile, ', 'Overall, ', 'In the review, '], random)
  if (entry?.subject == null) return disturbed(`${glue}{{${id}}}.`, ids, random)
  const own = ids.filter(
    (each) => catalogue.get(each)?.subject === entry.subject && !each.endsWith('.name'),
  )
  const facts = Array.from({ length: 1 + Math.floor(random() * 3) }, () => pick(own, random))
  const verb = pick(['had', 'recorded', 'reported', 'shows', 'with', 'has'], random)
  const list = facts.map((fact) => `{{${fact}}}`).join(pick([' and ', ', ', ', and '], random))
  return disturbed(`${glue}{{${entry.subject}.name}} ${verb} ${list}.`, ids, random)
}

const WORDS = Object.values(VOCABULARY).join(' ').split(' ')
const STRAY = ['not', 'doubled', 'under', 'no', 'because', '12%', 'all', '−', 'approved']

function disturbed(sentence: string, ids: readonly string[], random: RandomSource): string {
  if (random() < 0.6) return sentence
  const parts = sentence.split(' ')
  const at = Math.floor(random() * parts.length)
  const added = pick(
    [pick(WORDS, random), pick(STRAY, random), `{{${pick(ids, random)}}}`, '{{c9.name}}'],
    random,
  )
  return [...parts.slice(0, at), added, ...parts.slice(at)].join(' ')
}

const SWAPS: readonly (readonly [string, string])[] = [
  ['rise', 'fall'],
  ['higher', 'lower'],
  ['highest', 'lowest'],
  ['approved', 'pending'],
  ['pending', 'rejected'],
  ['scale', 'reduce'],
  ['stop', 'scale'],
  ['hold', 'stop'],
  ['revenue', 'spend'],
  ['spend', 'leads'],
  ['leads', 'revenue'],
  ['ROAS', 'conversion rate'],
  ['above', 'below'],
  [' pp', '%'],
  ['in the previous period', 'in the period'],
  ['no change', 'a rise'],
]

/** The text with one fault in it, outside quoted names: a digit, a direction, a name, a metric, a unit, an action or a status changed. */
export function planted(text: string, names: readonly string[], random: RandomSource): string {
  const parts = text.split(/(“[^”]*”)/)
  const faults = [
    () => swapName(parts, names, random),
    () => outsideNames(parts, (part) => changeDigit(part, random)),
    () => outsideNames(parts, (part) => swapWord(part, random)),
  ]
  return pick(faults, random)()
}

function outsideNames(parts: readonly string[], change: (part: string) => string): string {
  const at = parts.findIndex((part) => !part.startsWith('“') && change(part) !== part)
  return parts.map((part, index) => (index === at ? change(part) : part)).join('')
}

function swapName(
  parts: readonly string[],
  names: readonly string[],
  random: RandomSource,
): string {
  const at = parts.findIndex((part) => part.startsWith('“'))
  const other = pick(names, random)
  return parts.map((part, index) => (index === at ? `“${other}”` : part)).join('')
}

function changeDigit(part: string, random: RandomSource): string {
  const digits = Array.from(part.matchAll(/[1-9]/g), ({ index }) => index)
  if (digits.length === 0) return part
  const at = pick(digits, random)
  const digit = String((Number(part.charAt(at)) % 9) + 1)
  return `${part.slice(0, at)}${digit}${part.slice(at + 1)}`
}

function swapWord(part: string, random: RandomSource): string {
  const present = SWAPS.filter(([word]) => part.includes(word))
  if (present.length === 0) return part
  const [word, other] = pick(present, random)
  return part.replace(word, other)
}
