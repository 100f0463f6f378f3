import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { z } from 'zod'

import { heuristicCredits } from '#rules/attribution/heuristic-credit.ts'
import { addAt, amountAt, createBuckets } from '#rules/attribution/journey.ts'
import { startTimedFold } from '#rules/attribution/timed-fold.ts'
import { timeDecayWeights } from '#rules/attribution/touch-weights.ts'
import type { OracleAdapter, OracleMismatch } from '#test/oracle/adapter.ts'

import { compareCredit, CreditMap, near } from './compare-credit.ts'
import { lineBlocks, parseGenerator, withGenerated } from './generated-journeys.ts'
import { createModels } from './path-models.ts'
import { DAY_MS, inOrder, type TimedEvent } from './timed-models.ts'

const File = z.object({
  generator: z.string(),
  options: z.object({ lookback_days: z.number(), half_life_days: z.number() }),
  totals: z.record(z.string(), z.number()),
  expected: z.object({
    first_touch: CreditMap,
    last_touch: CreditMap,
    linear: CreditMap,
    position_based_40_20_40: CreditMap,
    time_decay_7d: CreditMap,
  }),
})
type File = z.infer<typeof File>

/** Generated touches and conversions under a lookback per customer, streamed customer by customer. */
export function lookbackAdapter(kind: string): OracleAdapter {
  return {
    kind,
    run: async (input, directory) => {
      const file = File.parse(input)
      const mismatches = await withGenerated(
        parseGenerator(generatorLine(file, directory)),
        { oracleDirectory: directory },
        (folder) => compareFolder(file, folder),
      )
      return [{ id: kind, mismatches }]
    },
  }
}

/** The call itself, or the one of the file it names (`same files as speed_100k.json`). */
function generatorLine({ generator }: File, directory: string): string {
  const other = /same files as (\S+\.json)/.exec(generator)?.[1]
  if (other === undefined) return generator
  const parsed = z
    .object({ generator: z.string() })
    .parse(JSON.parse(readFileSync(join(directory, other), 'utf8')))
  return parsed.generator
}

async function compareFolder(file: File, folder: string): Promise<OracleMismatch[]> {
  const models = createModels(file.expected.first_touch.keys())
  const decay = createBuckets(models.channels.names.length)
  let [pairs, tied] = [0, 0]
  const fold = startTimedFold(
    {
      lookbackMs: file.options.lookback_days * DAY_MS,
      assignment: 'overlap',
      isDirect: models.isDirect,
      ignoreDirect: false,
    },
    {
      startPerson: () => undefined,
      takeNull: () => undefined,
      takeConversion: (journey, times, conversionMs) => {
        models.take(journey)
        pairs += journey.to - journey.from
        if (new Set(times).size < times.length) tied++
        const ages = times.map((time) => conversionMs - time)
        const weights = timeDecayWeights(ages, file.options.half_life_days * DAY_MS)
        for (const [touch, weight] of weights.entries()) {
          const channel = amountAt(journey.channels, touch)
          addAt(decay.conversions, channel, weight)
          addAt(decay.valueMinor, channel, weight * journey.valueMinor)
        }
      },
    },
  )
  for await (const events of customerBlocks(folder)) {
    fold.add({
      person: events.map((event) => event.person),
      atMs: events.map((event) => event.atMs),
      channel: events.map((event) =>
        event.channel === null ? -1 : (models.channels.codeOf.get(event.channel) ?? -1),
      ),
      valueMinor: events.map((event) => event.valueMinor),
      inMonth: events.map(() => 1),
    })
  }
  const tally = fold.finish()
  const lost = Object.values(tally.unattributed).reduce((sum, line) => sum + line.conversions, 0)
  const totals: Record<string, number> = {
    conversions: tally.attributed.conversions + lost,
    value: tally.attributed.valueMinor / 100,
    eligible_touch_pairs: pairs,
    unattributed_conversions: lost,
    conversions_with_tied_timestamps: tied,
  }
  const credits = heuristicCredits(models.buckets, 0.4)
  const naming = { names: models.channels.names, scale: 100 }
  const { expected } = file
  const compared = [
    ['first_touch', expected.first_touch, credits.first_touch],
    ['last_touch', expected.last_touch, credits.last_touch],
    ['linear', expected.linear, credits.linear],
    ['position_based', expected.position_based_40_20_40, credits.position_based],
    [
      'time_decay',
      expected.time_decay_7d,
      { conversions: [...decay.conversions], valueMinor: [...decay.valueMinor] },
    ],
  ] as const
  return [
    ...Object.entries(file.totals).flatMap(([part, amount]) =>
      near(`totals.${part}`, amount, totals[part]),
    ),
    ...compared.flatMap(([what, wanted, credit]) =>
      compareCredit(what, wanted, { credit, naming }),
    ),
  ]
}

/**
 * Both files run through journey by journey; a customer's journeys stand together.
 *
 * @yields Events of whole customers in the order of time.
 */
async function* customerBlocks(folder: string): AsyncGenerator<readonly TimedEvent[]> {
  const conversions = await readConversions(folder)
  let open: TimedEvent[] = []
  let customer = ''
  for await (const lines of lineBlocks(join(folder, 'touches.csv'))) {
    const done: TimedEvent[] = []
    for (const line of lines) {
      const [journey = '', person = '', , at = '', channel = ''] = line.split(',')
      if (person !== customer) {
        done.push(...inOrder(open))
        open = []
        customer = person
      }
      const conversion = conversions.get(Number(journey))
      if (conversion !== undefined) open.push({ person, channel: null, ...conversion })
      conversions.delete(Number(journey))
      open.push({ person, atMs: Number(at), channel, valueMinor: null })
    }
    yield done
  }
  yield inOrder(open)
}

async function readConversions(folder: string) {
  const byJourney = new Map<number, { readonly atMs: number; readonly valueMinor: number }>()
  for await (const lines of lineBlocks(join(folder, 'convs.csv'))) {
    for (const line of lines) {
      const [, journey, , at, value] = line.split(',')
      byJourney.set(Number(journey), {
        atMs: Number(at),
        valueMinor: Math.round(Number(value) * 100),
      })
    }
  }
  return byJourney
}
