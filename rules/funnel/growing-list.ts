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

/** All numbers of several lists in one. */
export function joinLists(lists: readonly GrowingList[]): GrowingList {
  const count = lists.reduce((sum, list) => sum + list.count, 0)
  const values = new Float64Array(count)
  let at = 0
  for (const list of lists) {
    values.set(list.values.subarray(0, list.count), at)
    at += list.count
  }
  return { values, count }
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
  const values = list.values.slice(0, list.count)
  const middle = list.count >> 1
  const upper = selectAt(values, middle)
  if (list.count % 2 === 1) return upper
  // Selection leaves what is smaller before the place.
  let lower = -Infinity
  for (let index = 0; index < middle; index++) lower = Math.max(lower, values[index] ?? lower)
  return (lower + upper) / 2
}

/**
 * The value that would stand at `place` if the list were sorted; smaller ones end up before it, larger ones after.
 *
 * Source: C. A. R. Hoare, "Algorithm 65: FIND", CACM 4 (1961), with the middle element as pivot.
 */
function selectAt(values: Float64Array, place: number): number {
  let low = 0
  let high = values.length - 1
  while (low < high) {
    const { left, right } = partition(values, low, high)
    if (right < place) low = left
    if (place < left) high = right
  }
  return values[place] ?? 0
}

/** Moves what is not larger than the middle element before what is not smaller; `right` ends the first part, `left` begins the second. */
function partition(
  values: Float64Array,
  low: number,
  high: number,
): { left: number; right: number } {
  const pivot = values[(low + high) >> 1] ?? 0
  let left = low
  let right = high
  while (left <= right) {
    while ((values[left] ?? 0) < pivot) left++
    while ((values[right] ?? 0) > pivot) right--
    if (left > right) break
    const held = values[left] ?? 0
    values[left++] = values[right] ?? 0
    values[right--] = held
  }
  return { left, right }
}
