/** Code-unit order of two strings: −1, 0 or 1. The same on every machine, whatever its locale. */
export function compareText(left: string, right: string): number {
  if (left === right) return 0
  return left < right ? -1 : 1
}

/** A copy sorted by a text key, by code unit. Rows with equal keys keep their order. */
export function sortByText<Row>(rows: readonly Row[], key: (row: Row) => string): Row[] {
  return rows.toSorted((left, right) => compareText(key(left), key(right)))
}

/** A copy sorted by a numeric key, largest first; ties by text key, by code unit. */
export function sortByLargest<Row>(
  rows: readonly Row[],
  amount: (row: Row) => number,
  key: (row: Row) => string,
): Row[] {
  return rows.toSorted(
    (left, right) => amount(right) - amount(left) || compareText(key(left), key(right)),
  )
}

/** Rows gathered under a text key; keys come in code-unit order, rows keep theirs. */
export function groupByText<Row>(
  rows: readonly Row[],
  key: (row: Row) => string,
): ReadonlyMap<string, readonly Row[]> {
  const groups = new Map<string, Row[]>()
  for (const row of sortByText(rows, key)) {
    const group = groups.get(key(row))
    if (group === undefined) groups.set(key(row), [row])
    else group.push(row)
  }
  return groups
}
