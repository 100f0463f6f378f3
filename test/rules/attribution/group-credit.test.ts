import { describe, expect, it } from 'vitest'

import { createGroupCredit, type GroupCredit } from '#rules/attribution/group-credit.ts'

import { journey } from './paths.ts'

const OPTIONS = { channelCount: 2, seed: 11, chain: true, withNulls: true }

/** Intervals of thirty persons, every third through B too, dealt into groups after something else was. */
function intervalsAfter(
  first: (groups: GroupCredit) => void,
  changes: Partial<typeof OPTIONS> = {},
) {
  const groups = createGroupCredit({ ...OPTIONS, ...changes })
  first(groups)
  for (let person = 0; person < 30; person++) {
    groups.startPerson()
    const throughB = person % 3 === 0
    groups.take(journey({ path: throughB ? 'A B' : 'A' }), throughB ? [0.5, 0.5] : [1])
  }
  return groups.intervals()
}

describe('dealing into groups', () => {
  // Every person is dealt once; of a row the first journey is the person's, each other one a person of its own. A row without a touch counts nowhere.
  it.each([
    [0, 1, 0, {}],
    [0, 2, 1, {}],
    [1, 0, 0, {}],
    [3, 0, 2, {}],
    [1, 2, 2, {}],
    // What did not convert is dealt only where the chain counts it.
    [1, 9, 0, { withNulls: false }],
    [1, 9, 0, { chain: false }],
  ])('%d conversions and %d nulls of a row are dealt %d times (%o)', (...given) => {
    const [conversions, nulls, times, changes] = given
    const afterRow = intervalsAfter(
      (groups) => groups.take(journey({ path: '', conversions, nulls }), null),
      changes,
    )
    const afterPersons = intervalsAfter((groups) => {
      for (let time = 0; time < times; time++) groups.startPerson()
    }, changes)
    expect(afterRow).toEqual(afterPersons)
    const once = intervalsAfter((groups) => {
      for (let time = 0; time <= times; time++) groups.startPerson()
    }, changes)
    expect(afterRow).not.toEqual(once)
  })
})
