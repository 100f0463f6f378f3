import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { endsOfLine, lineId } from '#rules/schema/budget-move.ts'

describe('the name of a budget line', () => {
  it.each([
    ['CAMP_001', 'CH_01', 'CAMP_001/CH_01'],
    ['CAMP_001', null, 'CAMP_001'],
    [null, 'CH_01', '~/CH_01'],
    [null, null, '~'],
    ['a/b', 'c', 'a%2Fb/c'],
    ['a', 'b/c', 'a/b%2Fc'],
    ['a%2Fb', 'c', 'a%252Fb/c'],
  ])('of campaign %s and channel %s is %s', (campaign, channel, name) => {
    expect(lineId(campaign, channel)).toBe(name)
    expect(endsOfLine(name)).toEqual({ campaignId: campaign, channelId: channel })
  })

  it('is never shared by two lines', () => {
    const id = fc.option(
      fc.string({ unit: fc.constantFrom('a', '/', '%', '2', 'F'), minLength: 1 }),
    )
    fc.assert(
      fc.property(id, id, id, id, (campaign, channel, other, place) => {
        const same = campaign === other && channel === place
        expect(lineId(campaign, channel) === lineId(other, place)).toBe(same)
      }),
    )
  })
})
