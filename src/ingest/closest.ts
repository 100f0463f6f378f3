/** The known name a mistyped one was most likely meant to be: at most two letters away, or equal but for case and separators. */
export function closestName(name: string, known: readonly string[]): string | undefined {
  const folded = fold(name)
  const near = known.map((candidate) => ({ candidate, steps: distance(folded, fold(candidate)) }))
  const best = near.reduce<{ candidate: string; steps: number } | undefined>(
    (found, next) => (found === undefined || next.steps < found.steps ? next : found),
    undefined,
  )
  return best !== undefined && best.steps <= 2 && best.steps < folded.length / 2
    ? best.candidate
    : undefined
}

function fold(name: string): string {
  return name.toLowerCase().replaceAll(/[\s_-]/g, '')
}

/** Letters to insert, drop or change (Levenshtein). */
function distance(left: string, right: string): number {
  let previous = Array.from({ length: right.length + 1 }, (_none, index) => index)
  for (let row = 1; row <= left.length; row++) {
    const current = [row]
    for (let column = 1; column <= right.length; column++) {
      const change = (previous[column - 1] ?? 0) + (left[row - 1] === right[column - 1] ? 0 : 1)
      const drop = (previous[column] ?? 0) + 1
      current.push(Math.min(change, drop, (current[column - 1] ?? 0) + 1))
    }
    previous = current
  }
  return previous[right.length] ?? 0
}
