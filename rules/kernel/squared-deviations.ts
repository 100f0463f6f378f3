/**
 * How far do values lie from a centre? Σ (value − centre)², added in the order given; 0 for no values.
 *
 * @param values Finite.
 */
export function squaredDeviations(values: readonly number[], centre: number): number {
  return values.reduce((sum, value) => {
    const deviation = value - centre
    return sum + deviation * deviation
  }, 0)
}
