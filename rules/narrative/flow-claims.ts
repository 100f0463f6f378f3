import { NARRATED_METRICS } from './metrics.ts'

/** What is spent, by the key of its metric (`metrics.ts`). Costs per click, conversion or customer are results, and an amount goes both ways. */
const SPENT: ReadonlySet<string> = new Set([
  'cost',
  'platform_spend',
  'spend',
  'planned',
  'forecast',
  'remainder',
  'utilisation',
])
const EITHER_WAY: ReadonlySet<string> = new Set(['amount', 'cac', 'cpc', 'cpa'])

const wordsOf = (text: string): ReadonlySet<string> => new Set(text.split(' '))

// cspell:disable
/** Verbs by which something comes in. */
const INFLOW = wordsOf(
  'bring brings bringing brought earn earns earning earned generate generates generating generated deliver delivers delivering delivered produce produces producing produced yield yields yielding yielded return returns returning returned won net nets netting netted attract attracts attracting attracted collect collects collecting collected secure secures securing secured harvest harvests harvesting harvested pull pulls pulling pulled draw draws drawing drew drawn make makes making made give gives giving gave given create creates creating created contribute contributes contributing contributed raise raises raising raised land lands landing landed fetch fetches fetching fetched gather gathers gathering gathered capture captures capturing captured acquire acquires acquiring acquired',
)
/** Verbs by which something goes out. */
const OUTFLOW = wordsOf(
  'spend spends spending spent pay pays paying paid cost costs costing burn burns burning burned burnt consume consumes consuming consumed incur incurs incurring incurred',
)
// cspell:enable

/** Words that may stand between the things a verb is said of. */
const LISTING = wordsOf('a an the its and also plus')
/** Words that end what a verb is said of: after them comes something else, as in “brought in … for …”. */
const ENDING = wordsOf(
  'for with at on from of to by as after through via while which where that who whose when',
)
const BEING = wordsOf('is was are were been being get got')

/**
 * Which verb of a sentence has what is spent come in, or what comes in be spent: “brought in a full cost”, “a full cost was earned”?
 *
 * A verb is said of the first figure after it and of those listed with it; a word that ends the list, such as “for”, frees what follows. In the
 * passive it is said of the figure before it.
 *
 * @param slotted The sentence with `<subject.metric>` for a figure; other tokens in the same marks.
 * @returns The verb, as it is written; undefined where every verb fits.
 * Source: found by reading sentences that an approver let through.
 */
export function misplacedFlow(slotted: string): string | undefined {
  const parts = Array.from(slotted.toLowerCase().matchAll(/<[^>]*>|[a-z]+/g), ([part]) => part)
  return parts.find((part, at) => {
    const said = [...objectsOf(parts, at), passiveOf(parts, at)]
    return said.some((slot) => isMisplaced(part, metricOf(slot)))
  })
}

function isMisplaced(word: string, metric: string): boolean {
  if (INFLOW.has(word)) return SPENT.has(metric)
  const isGained = NARRATED_METRICS.has(metric) && !SPENT.has(metric) && !EITHER_WAY.has(metric)
  return OUTFLOW.has(word) && isGained
}

/** `cost` of `<s1.cost.chg>`; of a name and a statement what is no metric. */
function metricOf(slot: string): string {
  return slot.replaceAll(/[<>]/g, '').split('.')[1] ?? ''
}

function objectsOf(parts: readonly string[], verbAt: number): string[] {
  const objects: string[] = []
  for (const part of parts.slice(verbAt + 1)) {
    if (part.startsWith('<')) objects.push(part)
    else if (objects.length > 0 ? !LISTING.has(part) : ENDING.has(part)) break
  }
  return objects
}

/** The figure before a verb in the passive; empty where there is none. */
function passiveOf(parts: readonly string[], verbAt: number): string {
  const slotAt = parts.slice(0, verbAt).findLastIndex((part) => part.startsWith('<'))
  const between = parts.slice(slotAt + 1, verbAt)
  return between.some((word) => BEING.has(word)) ? (parts[slotAt] ?? '') : ''
}
