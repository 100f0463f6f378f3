import { invariant, present } from '../kernel/invariant.ts'
import { firstAtLeast } from './search.ts'

/** A step function through which probabilities rise with the score; `x` strictly ascending, `y` never falling. */
export interface IsotonicMap {
  readonly x: readonly number[]
  readonly y: readonly number[]
}

/** Neighbours with one mean, sum ÷ weight. Whole targets keep both whole, so that equal means are seen to be equal. */
interface Block {
  readonly first: number
  readonly last: number
  readonly sum: number
  readonly weight: number
}

/**
 * The rising map of least squares: outcomes of equal x are averaged, then neighbours that fall are pooled until none does.
 *
 * Points inside a flat stretch are left out; between the rest the map is a straight line, outside it is flat.
 *
 * Outcomes 1, 1, 0, 1 at scores 1, 2, 3, 4: the 0 falls below what stands before it, so the first three are pooled to 2/3; 4 keeps its 1.
 *
 * @param points At least one.
 * @throws InvariantError on an empty list.
 * Source: Barlow et al. (1972), pool adjacent violators; thresholds as scikit-learn's IsotonicRegression keeps them.
 */
export function fitIsotonic(
  points: readonly { readonly x: number; readonly target: number }[],
): IsotonicMap {
  invariant(points.length > 0, 'fitIsotonic: expected at least one point')
  const blocks = pool(averageTies(points))
  const x: number[] = []
  const y: number[] = []
  for (const { first, last, sum, weight } of blocks) {
    const mean = sum / weight
    x.push(first)
    y.push(mean)
    if (last > first) {
      x.push(last)
      y.push(mean)
    }
  }
  return { x, y }
}

/** The map at `x`: linear between thresholds, flat outside. */
export function isotonicAt({ x: xs, y: ys }: IsotonicMap, x: number): number {
  const next = firstAtLeast(xs, x)
  if (next === xs.length) return present(ys.at(-1), 'isotonicAt: the last threshold')
  const [x1, y1] = [present(xs[next], 'isotonicAt: x'), present(ys[next], 'isotonicAt: y')]
  if (next === 0 || x1 === x) return y1
  const [x0, y0] = [xs[next - 1] ?? x1, ys[next - 1] ?? y1]
  return y0 + ((y1 - y0) / (x1 - x0)) * (x - x0)
}

function averageTies(points: readonly { readonly x: number; readonly target: number }[]): Block[] {
  const ties: { first: number; last: number; sum: number; weight: number }[] = []
  for (const { x, target } of points.toSorted((left, right) => left.x - right.x)) {
    const last = ties.at(-1)
    if (last?.last === x) {
      last.sum += target
      last.weight += 1
    } else ties.push({ first: x, last: x, sum: target, weight: 1 })
  }
  return ties
}

function pool(blocks: readonly Block[]): Block[] {
  const pooled: Block[] = []
  for (const block of blocks) {
    let current = block
    for (
      let before = pooled.at(-1);
      before && before.sum * current.weight >= current.sum * before.weight;
      before = pooled.at(-1)
    ) {
      pooled.pop()
      current = {
        first: before.first,
        last: current.last,
        sum: before.sum + current.sum,
        weight: before.weight + current.weight,
      }
    }
    pooled.push(current)
  }
  return pooled
}
