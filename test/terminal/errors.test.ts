import { describe, expect, it } from 'vitest'

import { AppError, ERROR_CATALOGUE } from '#src/errors.ts'
import { describeFailure } from '#src/terminal/errors.ts'

const quiet = { debug: false }

describe('a failure in words', () => {
  it('says what happened, what was expected, what came, where, and what to do', () => {
    const error = new AppError('DATA_INVALID', {
      message: 'a row is refused\nsecond line',
      expected: 'a date',
      got: '31.03.2026',
      where: { file: 'data/leads.csv', row: 7, column: 'created_at' },
      next: 'correct the row',
    })
    expect(describeFailure(error, quiet)).toStrictEqual({
      exitCode: 2,
      text: [
        'error[DATA_INVALID]: a row is refused',
        '  expected: a date',
        '  got: 31.03.2026',
        '  where: data/leads.csv:7:created_at',
        '  next: correct the row',
      ].join('\n'),
    })
  })

  it('leaves out what is not known', () => {
    const { message } = ERROR_CATALOGUE.WORKSPACE_NOT_FOUND
    const next = 'create one with: npm run -s mo -- init DIR'
    const error = new AppError('WORKSPACE_NOT_FOUND', { got: '', where: { file: 'acme' } })
    expect(describeFailure(error, quiet).text).toBe(
      `error[WORKSPACE_NOT_FOUND]: ${message}\n  where: acme\n  next: ${next}`,
    )
  })

  it.each([
    ['USAGE', 2],
    ['REVIEW_BUSY', 5],
    ['STORE_UNAVAILABLE', 5],
  ] as const)('%s ends with %d', (code, exitCode) => {
    expect(describeFailure(new AppError(code), quiet).exitCode).toBe(exitCode)
  })

  it.each([
    [new TypeError('x is not a function\nat y'), 'error[INTERNAL]: x is not a function'],
    ['a thrown text', 'error[INTERNAL]: a thrown text'],
    [undefined, 'error[INTERNAL]: undefined'],
  ])('that nobody foresaw is ours: %s', (error, first) => {
    const { exitCode, text } = describeFailure(error, quiet)
    expect(exitCode).toBe(5)
    expect(text.split('\n')).toStrictEqual([
      first,
      '  next: run the command again with --debug and report what it prints',
    ])
  })

  it('shows no stack trace unless asked for one, and then its cause', () => {
    const error = new AppError('WAREHOUSE_FAILED', { cause: new Error('disk full') })
    expect(describeFailure(error, quiet).text).not.toContain('    at ')
    const { text } = describeFailure(error, { debug: true })
    expect(text).toContain('    at ')
    expect(text).toContain('caused by Error: disk full')
    expect(describeFailure('a thrown text', { debug: true }).text).not.toContain('    at ')
  })

  it('has words and a next step for every code', () => {
    for (const { message, next, exitCode } of Object.values(ERROR_CATALOGUE)) {
      expect(message).toMatch(/^[a-z].*[^.]$/)
      expect(next).not.toBe('')
      expect([1, 2, 5]).toContain(exitCode)
    }
  })
})
