import { z } from 'zod'

import { readPair } from '#rules/experiment/adjustment.ts'
import { posteriorOf } from '#rules/experiment/bayes.ts'
import { type Effects, effectsOf } from '#rules/experiment/effect.ts'
import { twoSidedP } from '#rules/experiment/fixed-test.ts'
import { sequentialTest } from '#rules/experiment/sequential.ts'
import { binomialCdf } from '#rules/kernel/binomial.ts'
import { createRandom, type RandomSource } from '#rules/kernel/random.ts'

import type { OracleAdapter } from '../../adapter.ts'
import { compareNumber } from '../../compare.ts'

const Input = z.object({ looks: z.int(), users_per_arm_per_look: z.int(), rate: z.number() })
type Input = z.infer<typeof Input>
const File = z.object({
  cases: z.array(
    z.object({
      id: z.string(),
      input: Input,
      expected: z.object({
        fpr_fixed_at_end: z.number(),
        fpr_fixed_any_look: z.number(),
        fpr_sequential_any_look: z.number(),
        fpr_bayes_flat_ctw95_any_look: z.number(),
      }),
    }),
  ),
})

/** More repetitions than the files', so that only their noise is left. */
const REPETITIONS = 100_000
const ALPHA = 0.05
const SURE = 0.95

/** What each way of reading says at one look. */
interface Alarms {
  readonly fixed: boolean
  readonly sequential: boolean
  readonly bayes: boolean
}

/**
 * Tests without an effect, looked at again and again: how often does each way of reading see one? The absolute effect is
 * read, as everywhere where something is decided; the relative one would raise up to 0.01 more sequential alarms early
 * on. Within 0.01, as the file says.
 */
export const adapter: OracleAdapter = {
  kind: 'statistics/peeking_simulation',
  run: (file) =>
    File.parse(file).cases.map(({ id, input, expected }) => {
      const actual = simulate(input)
      return {
        id,
        mismatches: Object.entries(expected).flatMap(([name, wanted]) =>
          compareNumber(name, { expected: wanted, actual: actual[name] }, { absolute: 0.01 }),
        ),
      }
    }),
}

function simulate(input: Input): Readonly<Record<string, number>> {
  const draw = binomialSampler(input.users_per_arm_per_look, input.rate, createRandom(1))
  const readAt = alarmReader(input)
  const counts = { atEnd: 0, fixed: 0, sequential: 0, bayes: 0 }
  for (let repetition = 0; repetition < REPETITIONS; repetition++) {
    let [control, treatment] = [0, 0]
    const seen = { fixed: false, sequential: false, bayes: false }
    for (let look = 1; look <= input.looks; look++) {
      control += draw()
      treatment += draw()
      const alarms = readAt(look, control, treatment)
      seen.fixed ||= alarms.fixed
      seen.sequential ||= alarms.sequential
      seen.bayes ||= alarms.bayes
      if (look === input.looks) counts.atEnd += Number(alarms.fixed)
    }
    counts.fixed += Number(seen.fixed)
    counts.sequential += Number(seen.sequential)
    counts.bayes += Number(seen.bayes)
  }
  return {
    fpr_fixed_at_end: counts.atEnd / REPETITIONS,
    fpr_fixed_any_look: counts.fixed / REPETITIONS,
    fpr_sequential_any_look: counts.sequential / REPETITIONS,
    fpr_bayes_flat_ctw95_any_look: counts.bayes / REPETITIONS,
  }
}

type Reader = keyof Alarms
const READERS: readonly Reader[] = ['fixed', 'sequential', 'bayes']

/** Treatment counts from `low` to `high` raise no alarm. */
interface Quiet {
  readonly low: number
  readonly high: number
}

/**
 * The alarms of a look. An alarm that a count raises, a count farther from the control's raises too, so for each count
 * of the control the ends of the quiet range are found once; an arm in which none or all convert is read by itself.
 */
function alarmReader({ looks, users_per_arm_per_look: perLook }: Input) {
  const known = Array.from({ length: looks + 1 }, () => new Map<number, Record<Reader, Quiet>>())
  const tunedTo = 2 * looks * perLook
  return (look: number, control: number, treatment: number): Alarms => {
    const users = look * perLook
    const read = (count: number): Alarms => alarmsAt(users, [control, count], tunedTo)
    if (treatment === 0 || treatment === users) return read(treatment)
    const quiet = known[look]?.get(control) ?? quietRanges(read, control, users)
    known[look]?.set(control, quiet)
    const outside = ({ low, high }: Quiet): boolean => treatment < low || treatment > high
    return {
      fixed: outside(quiet.fixed),
      sequential: outside(quiet.sequential),
      bayes: outside(quiet.bayes),
    }
  }
}

function quietRanges(
  read: (count: number) => Alarms,
  control: number,
  users: number,
): Record<Reader, Quiet> {
  const rangeOf = (reader: Reader): Quiet => ({
    low: lastQuiet(control, 1, (count) => read(count)[reader]),
    high: lastQuiet(control, users - 1, (count) => read(count)[reader]),
  })
  const [fixed, sequential, bayes] = READERS.map(rangeOf)
  const none = { low: 0, high: users }
  return { fixed: fixed ?? none, sequential: sequential ?? none, bayes: bayes ?? none }
}

/** The last count on the way from `start` to `end` that raises no alarm. */
function lastQuiet(start: number, end: number, alarm: (count: number) => boolean): number {
  let [quiet, loud] = [start, end]
  if (!alarm(end)) return end
  while (Math.abs(loud - quiet) > 1) {
    const middle = Math.trunc((quiet + loud) / 2)
    if (alarm(middle)) loud = middle
    else quiet = middle
  }
  return quiet
}

function alarmsAt(users: number, [control, treatment]: [number, number], tunedTo: number): Alarms {
  const pair = readPair(
    { kind: 'proportion', users, conversions: control },
    { kind: 'proportion', users, conversions: treatment },
  )
  const result = effectsOf(pair)
  return result.ok
    ? alarmsOf(result.effects, 2 * users, tunedTo)
    : { fixed: false, sequential: false, bayes: false }
}

function alarmsOf({ absolute }: Effects, users: number, tunedTo: number): Alarms {
  const sequential = sequentialTest(absolute, users, { alpha: ALPHA, tunedTo })
  const { chanceToWin } = posteriorOf(absolute, null, { lowerIsBetter: false, alpha: ALPHA })
  return {
    fixed: twoSidedP(absolute) < ALPHA,
    sequential: sequential.interval.low > 0 || sequential.interval.high < 0,
    bayes: chanceToWin > SURE || chanceToWin < 1 - SURE,
  }
}

/** Draws from a binomial distribution by its inverse, looked up in a table. */
function binomialSampler(trials: number, rate: number, random: RandomSource): () => number {
  const cumulative: number[] = []
  for (let count = 0; count < trials && (cumulative.at(-1) ?? 0) < 1 - 1e-12; count++) {
    cumulative.push(binomialCdf(count, trials, rate))
  }
  return () => {
    const u = random()
    let [low, high] = [0, cumulative.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((cumulative[middle] ?? 1) < u) low = middle + 1
      else high = middle
    }
    return low
  }
}
