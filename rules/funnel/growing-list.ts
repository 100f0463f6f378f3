/** Numbers of a list whose length is not known in advance, without an object for each. */
export interface GrowingList {
  values: Float64Array
  count: number
}

/** An empty list. */
export function createList(): GrowingList {
  return { values: new Float64Array(16), count: 0 }
}

/** Adds a number at the end. */
export function append(list: GrowingList, value: number): void {
  if (list.count === list.values.length) {
    const larger = new Float64Array(list.values.length * 2)
    larger.set(list.values)
    list.values = larger
  }
  list.values[list.count++] = value
}

/** The arithmetic mean, null for an empty list. */
export function meanOf(list: GrowingList): number | null {
  if (list.count === 0) return null
  let total = 0
  for (let index = 0; index < list.count; index++) total += list.values[index] ?? 0
  return total / list.count
}

/** The middle value (mean of the two middle ones when even), null for an empty list. */
export function medianOf(list: GrowingList): number | null {
  if (list.count === 0) return null
  const sorted = list.values.slice(0, list.count).toSorted()
  const upper = sorted[list.count >> 1] ?? 0
  return list.count % 2 === 1 ? upper : ((sorted[(list.count >> 1) - 1] ?? 0) + upper) / 2
}
