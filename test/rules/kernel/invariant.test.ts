import { describe, expect, it } from 'vitest'

import { invariant, InvariantError, present } from '#rules/kernel/invariant.ts'

describe('a promise of our own', () => {
  it('stops the work when it is broken, and says which', () => {
    expect(() => {
      invariant(false, 'parts equal the whole')
    }).toThrow(new InvariantError('parts equal the whole'))
    expect(() => {
      invariant(true, 'parts equal the whole')
    }).not.toThrow()
    expect(new InvariantError('broken').name).toBe('InvariantError')
  })

  it.each([[undefined], [null]])('does not take %s for a value', (value) => {
    expect(() => present(value, 'the month')).toThrow(new InvariantError('the month is missing'))
  })

  it.each([[0], [''], [false]])('takes %j for one', (value) => {
    expect(present<unknown>(value, 'the month')).toBe(value)
  })
})
