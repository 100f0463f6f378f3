import { curveOf } from '#rules/allocation/curve-columns.ts'
import { fill } from '#rules/allocation/fill.ts'
import { roundPlan } from '#rules/allocation/round-plan.ts'
import { type CheckedPlan, verdictOf } from '#rules/budget/certificate.ts'
import { exp } from '#rules/kernel/elementary.ts'
import { invariant } from '#rules/kernel/invariant.ts'
import { scaleLines } from '#test/support/scale-lines.ts'

import type { ProcessCost } from './cost.ts'

/** What it costs to split a budget over many lines, to the cent, and to prove that no better split exists. */
export interface AllocationBench {
  readonly lines: number
  /** Peak memory is that of the process, the generated lines included. */
  readonly split: ProcessCost
  /** The checker shares the curves with the solver, and nothing else. */
  readonly check: ProcessCost
  /** ln of the price found; the same on every machine. */
  readonly logPrice: number
}

const ROUNDS = 3
const CENTS = 100
/** Share of the plan's value by which a better plan may exist: what whole cents and the digits of a price cost. */
const MAX_GAP_SHARE = 1e-9

type Lines = ReturnType<typeof scaleLines>

/**
 * Splits a budget over `scale` generated lines: exact water-filling, then whole cents that sum to the budget. Then has the plan checked. Of three rounds
 * each the fastest counts; the lines are generated, and put in the checker's form, outside of the clock.
 */
function benchAllocation(scale: number): AllocationBench {
  const lines = inWholeCents(scaleLines(scale, 14))
  const split = fastest(() => run(lines))
  const { whole, logPrice } = split.result
  const plan = checkedPlan(lines, whole)
  const check = fastest(() => prove(plan, logPrice))
  return { lines: scale, split: split.cost, check: check.cost, logPrice }
}

function fastest<Result>(work: () => Result): { result: Result; cost: ProcessCost } {
  const rounds = Array.from({ length: ROUNDS }, () => {
    const [wall, cpu] = [performance.now(), process.cpuUsage()]
    const result = work()
    const used = process.cpuUsage(cpu)
    const cost = {
      wallSeconds: (performance.now() - wall) / 1e3,
      cpuSeconds: (used.user + used.system) / 1e6,
      peakMegabytes: process.resourceUsage().maxRSS / 1024,
    }
    return { result, cost }
  })
  const [best] = rounds.toSorted((left, right) => left.cost.wallSeconds - right.cost.wallSeconds)
  invariant(best !== undefined, 'a round was run')
  return best
}

function run(lines: Lines): { readonly whole: Float64Array; readonly logPrice: number } {
  const found = fill(lines)
  invariant(found.status === 'optimal' && found.logPrice !== null, 'the generated lines have room')
  const whole = roundPlan(found.plan, lines, lines.budget)
  const sum = whole.reduce((total, amount) => total + amount, 0)
  invariant(sum === lines.budget, 'the plan balances to the cent')
  return { whole, logPrice: found.logPrice }
}

function prove(plan: CheckedPlan, logPrice: number): void {
  const claim = { price: exp(logPrice), claimedGap: null }
  const { faults, isProvenBest } = verdictOf(plan, [claim], MAX_GAP_SHARE)
  invariant(faults.length === 0 && isProvenBest, 'the plan is proven best')
}

function checkedPlan({ curves, lower, upper, current, budget }: Lines, whole: Float64Array) {
  const lines = Array.from(whole, (planned, line) => ({
    curve: curveOf(curves, line),
    lower: lower[line] ?? 0,
    upper: upper[line] ?? 0,
    current: current[line] ?? 0,
    planned,
  }))
  return { lines, budget }
}

/** The same lines in cents, with whole bounds and budget. */
function inWholeCents(lines: Lines): Lines {
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
