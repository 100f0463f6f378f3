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

// cspell:disable
/** Verbs by which something comes in, and those by which something goes out, as stems. */
const INFLOW =
  /^(?:br(?:ing|ought)|earn|generat|deliver|produc|yield|return|won$|nett|attract|collect|secur|harvest|pull|dr[ae]w|ma[dk]e|making|g[ai]v[ei]|creat|contribut|rais|landed|landing|fetch|gather|captur|acquir)/
const OUTFLOW = /^(?:spen[dt]|pa(?:id|y)|cost(?:s|ing)?$|burn|consum|incur)/
// cspell:enable

/** Words that may stand between the things a verb is said of. */
const LISTING: ReadonlySet<string> = new Set(['a', 'an', 'the', 'its', 'and', 'also', 'plus'])
/** Words that end what a verb is said of: after them comes something else, as in “brought in … for …”. */
const ENDING: ReadonlySet<string> = new Set(
  'for with at on from of to by as after through via while which where that who whose when'.split(
    ' ',
  ),
)
const BEING: ReadonlySet<string> = new Set([
  'is',
  'was',
  'are',
  'were',
  'been',
  'being',
  'get',
  'got',
])

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
  const parts = slotted.toLowerCase().match(/<[^>]*>|[a-z]+/g) ?? []
  return parts.find((part, at) => {
    const wrong = unfitFor(part)
    return (
      wrong !== undefined && (objectsOf(parts, at).some(wrong) || passiveOf(parts, at).some(wrong))
    )
  })
}

/** Which figures a verb cannot be said of; undefined for a word that is neither kind of verb. */
function unfitFor(word: string): ((slot: string) => boolean) | undefined {
  if (INFLOW.test(word)) return (slot) => SPENT.has(metricOf(slot))
  if (!OUTFLOW.test(word)) return undefined
  return (slot) => {
    const metric = metricOf(slot)
    return metric !== '' && !SPENT.has(metric) && !EITHER_WAY.has(metric)
  }
}

/** `cost` of `<s1.cost.chg>`; empty for a name and a statement. */
function metricOf(slot: string): string {
  return /^<[^.>]*\.([^.>]*)/.exec(slot)?.[1] ?? ''
}

function objectsOf(parts: readonly string[], verbAt: number): string[] {
  const objects: string[] = []
  for (const part of parts.slice(verbAt + 1)) {
    if (part.startsWith('<')) objects.push(part)
    else if (objects.length > 0 ? !LISTING.has(part) : ENDING.has(part)) break
  }
  return objects
}

function passiveOf(parts: readonly string[], verbAt: number): string[] {
  const slotAt = parts.slice(0, verbAt).findLastIndex((part) => part.startsWith('<'))
  const between = parts.slice(slotAt + 1, verbAt)
  const slot = parts[slotAt]
  return slot !== undefined && between.some((word) => BEING.has(word)) ? [slot] : []
}
