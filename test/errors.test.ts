import { expect, test } from 'vitest'

import { AppError, ERROR_CATALOGUE } from '#src/errors.ts'

test('takes exit code, words and retry from the catalogue', () => {
  const error = new AppError('STORE_UNAVAILABLE')
  expect(error).toMatchObject({
    code: 'STORE_UNAVAILABLE',
    exitCode: 5,
    retry: 'later',
    message: ERROR_CATALOGUE.STORE_UNAVAILABLE.message,
    next: ERROR_CATALOGUE.STORE_UNAVAILABLE.next,
  })
  expect('cause' in error).toBe(false)
})

test('prefers what the thrower knows better, and keeps the cause', () => {
  const cause = new Error('connect ENOENT')
  const error = new AppError('DATA_INVALID', {
    message: 'budgets: an amount is not a number',
    expected: 'a decimal amount',
    got: 'twelve',
    where: { file: 'data/budgets.csv', row: 3, column: 'planned' },
    next: 'write the amount in digits',
    retry: 'later',
    cause,
  })
  expect(error).toMatchObject({
    exitCode: 2,
    message: 'budgets: an amount is not a number',
    expected: 'a decimal amount',
    got: 'twelve',
    where: { file: 'data/budgets.csv', row: 3, column: 'planned' },
    next: 'write the amount in digits',
    retry: 'later',
    cause,
  })
})

test('every code tells a reader what happened and what to do', () => {
  for (const entry of Object.values(ERROR_CATALOGUE)) {
    expect(entry.message).toMatch(/^[a-z].*[^.]$/)
    expect(entry.next.length).toBeGreaterThan(5)
    expect([1, 2, 5]).toContain(entry.exitCode)
  }
})
