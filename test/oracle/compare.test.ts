import { expect, it } from 'vitest'
import { z } from 'zod'

import { compareNumber } from './compare.ts'
import { adapterOf, casesOf, kindOf } from './run.ts'

it.each([
  [1, 1.001, false],
  [1, 1.000_000_000_1, true],
  ['Infinity', 3, false],
  ['-Infinity', 3, false],
  ['Infinity', -Infinity, false],
  ['Infinity', Infinity, true],
  [3, Infinity, false],
  ['NaN', Number.NaN, true],
  ['NaN', 3, false],
  [null, 0, false],
  [null, null, true],
])('holds %j against %j: %j', (expected, actual, equal) => {
  const mismatches = compareNumber('x', { expected, actual }, { relative: 1e-9 })
  expect(mismatches.length === 0).toBe(equal)
})

it.each([
  ['attribution/random_paths_medium_A_11.json', 'attribution/random_paths_medium'],
  ['attribution/random_timed_medium_B.json.gz', 'attribution/random_timed_medium'],
  ['attribution/speed_200k_lookback30.json', 'attribution/speed_lookback30'],
  ['attribution/speed_10m.json', 'attribution/speed'],
  ['statistics/lead_bank.json', 'statistics/lead_bank'],
])('knows the kind of %s', (path, kind) => {
  expect(kindOf(path)).toBe(kind)
})

it('reads a variant of a kind like the kind, the nearest one, and nothing else', () => {
  const adapters = new Map([
    ['budget/alloc', 'a'],
    ['budget/alloc_basic', 'b'],
  ])
  expect(adapterOf(adapters, 'budget/alloc_basic_hidden')).toBe('b')
  expect(adapterOf(adapters, 'budget/alloc_basic')).toBe('b')
  expect(adapterOf(adapters, 'budget/alloc_odd')).toBe('a')
  expect(adapterOf(adapters, 'budget/allocated')).toBeUndefined()
})

it('lets a case that cannot be run fail alone', async () => {
  const run = (file: unknown) =>
    z
      .object({ cases: z.array(z.number()) })
      .parse(file)
      .cases.map((one) => {
        if (one === 2) throw new TypeError('two cannot be run')
        return { id: `case ${one}`, mismatches: [] }
      })
  expect(await casesOf({ cases: [1, 2, 3] }, { name: 'three.json', run })).toEqual([
    { id: 'case 1', mismatches: [] },
    {
      id: 'three.json, case 2',
      mismatches: [{ what: 'run', expected: 'no error', actual: 'two cannot be run' }],
    },
    { id: 'case 3', mismatches: [] },
  ])
  expect(await casesOf({ other: [] }, { name: 'none.json', run })).toMatchObject([
    { id: 'none.json', mismatches: [{ what: 'run' }] },
  ])
})
