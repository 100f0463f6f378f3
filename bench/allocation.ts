import { fill } from '#rules/allocation/fill.ts'
import { roundPlan } from '#rules/allocation/round-plan.ts'
import { invariant } from '#rules/kernel/invariant.ts'
import { scaleLines } from '#test/support/scale-lines.ts'

/** What it costs to split a budget over many lines, to the cent. */
export interface AllocationBench {
  readonly lines: number
  readonly wallSeconds: number
  readonly cpuSeconds: number
  /** Highest resident memory of the process after the run, the generated lines included. */
  readonly peakMegabytes: number
  /** ln of the price found; the same on every machine. */
  readonly logPrice: number
}

const ROUNDS = 3
const CENTS = 100

/**
 * Splits a budget over `scale` generated lines: exact water-filling, then whole cents that sum to the budget. Of three rounds the fastest counts;
 * the lines are generated outside of the clock.
 */
function benchAllocation(scale: number): AllocationBench {
  const lines = inWholeCents(scaleLines(scale, 14))
  const rounds = Array.from({ length: ROUNDS }, () => {
    const [wall, cpu] = [performance.now(), process.cpuUsage()]
    const logPrice = run(lines)
    const used = process.cpuUsage(cpu)
    return {
      logPrice,
      wallSeconds: (performance.now() - wall) / 1e3,
      cpuSeconds: (used.user + used.system) / 1e6,
    }
  })
  const best = rounds.toSorted((left, right) => left.wallSeconds - right.wallSeconds)[0]
  invariant(best !== undefined, 'a round was run')
  return { lines: scale, ...best, peakMegabytes: process.resourceUsage().maxRSS / 1024 }
}

function run(lines: ReturnType<typeof scaleLines>): number {
  const found = fill(lines)
  invariant(found.status === 'optimal' && found.logPrice !== null, 'the generated lines have room')
  const whole = roundPlan(found.plan, lines, lines.budget)
  const sum = whole.reduce((total, amount) => total + amount, 0)
  invariant(sum === lines.budget, 'the plan balances to the cent')
  return found.logPrice
}

/** The same lines in cents, with whole bounds and budget. */
function inWholeCents(lines: ReturnType<typeof scaleLines>): ReturnType<typeof scaleLines> {
  const { curves, current } = lines
  const whole = current.map((x) => Math.round(x * CENTS))
  const isPower = (line: number): boolean => curves.family[line] === 0
  return {
    curves: {
      ...curves,
      scale: curves.scale.map((scale, line) =>
        isPower(line) ? scale * CENTS ** (1 - (curves.shape[line] ?? 0)) : scale * CENTS,
      ),
      shape: curves.shape.map((shape, line) => (isPower(line) ? shape : shape * CENTS)),
    },
    current: whole,
    lower: lines.lower.map((x, line) => Math.min(whole[line] ?? 0, Math.ceil(x * CENTS))),
    upper: lines.upper.map((x, line) => Math.max(whole[line] ?? 0, Math.floor(x * CENTS))),
    budget: whole.reduce((total, amount) => total + amount, 0),
  }
}

if (import.meta.main) {
  console.log(JSON.stringify(benchAllocation(Number(process.argv[2] ?? 1_000_000))))
}
