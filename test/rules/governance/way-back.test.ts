import { describe, expect, it } from 'vitest'

import { wayBack, type LegReceipt, type OrderedLeg } from '#rules/governance/way-back.ts'

/** Search gives 1,000.00 of 10,000.00 to social, which had 8,000.00. */
const search: OrderedLeg = {
  orderId: 'move:0',
  position: 0,
  platform: 'Google Ads',
  deltaMinor: -100_000,
  oldMinor: 1_000_000,
  newMinor: 900_000,
}
const social: OrderedLeg = {
  orderId: 'move:1',
  position: 1,
  platform: 'Google Ads',
  deltaMinor: 100_000,
  oldMinor: 800_000,
  newMinor: 900_000,
}
const elsewhere: OrderedLeg = { ...social, platform: 'Meta' }

const came = (
  { orderId }: OrderedLeg,
  kind: LegReceipt['kind'],
  showed: readonly [from: number, to: number] | null = null,
): LegReceipt => ({
  orderId,
  kind,
  showed: showed === null ? null : { oldMinor: showed[0], newMinor: showed[1] },
})

/** Standing and order of each line, the order as from, to and change. */
const back = (legs: readonly OrderedLeg[], ...receipts: readonly LegReceipt[]) =>
  wayBack(legs, receipts).map(({ standing, order }) =>
    order === null ? [standing] : [standing, order.oldMinor, order.newMinor, order.deltaMinor],
  )

const IN_FULL = [
  [900_000, 1_000_000, 100_000],
  [900_000, 800_000, -100_000],
] as const

describe('wayBack', () => {
  it('turns both orders round where the history bears them out, where somebody says so, and where nothing is known', () => {
    const [first, second] = IN_FULL
    expect(back([search, social], came(search, 'verified'), came(social, 'verified'))).toEqual([
      ['as_ordered', ...first],
      ['as_ordered', ...second],
    ])
    expect(back([search, social], came(search, 'accepted'), came(social, 'accepted'))).toEqual([
      ['said', ...first],
      ['said', ...second],
    ])
    expect(back([search, social])).toEqual([
      ['not_known', ...first],
      ['not_known', ...second],
    ])
  })

  it.each([
    // Back to the value the approval was bound to, whatever the history has before; one cent off is off.
    ['more than ordered', [800_000, 950_000], [950_000, 800_000, -150_000]],
    ['one cent more', [800_000, 900_001], [900_001, 800_000, -100_001]],
    ['less than it was', [800_000, 700_000], [700_000, 800_000, 100_000]],
    ['the figure ordered, from another', [700_000, 900_000], [900_000, 800_000, -100_000]],
    ['where it stood', [750_000, 800_000], []],
  ] as const)('starts from the figure shown: %s', (_, shown, order) => {
    const receipts = [
      came(search, 'verified'),
      came(social, 'accepted'),
      came(social, 'mismatched', shown),
    ]
    expect(back([search, social], ...receipts)[1]).toEqual(['otherwise', ...order])
  })

  it('names what the history shows, the last it said', () => {
    const receipts = [
      came(social, 'mismatched', [800_000, 1]),
      came(social, 'mismatched', [1, 950_000]),
    ]
    expect(wayBack([social], receipts)).toEqual([
      {
        orderId: 'move:1',
        standing: 'otherwise',
        showed: { oldMinor: 1, newMinor: 950_000 },
        order: { oldMinor: 950_000, newMinor: 800_000, deltaMinor: -150_000 },
      },
    ])
  })

  it('believes a history that bears an order out over one that does not', () => {
    const receipts = [came(social, 'mismatched', [800_000, 1]), came(social, 'verified')]
    expect(back([social], ...receipts)).toEqual([['as_ordered', ...IN_FULL[1]]])
  })

  it('orders nothing for what was refused, nor for what waited for it', () => {
    expect(back([search, elsewhere], came(search, 'refused'))).toEqual([
      ['refused'],
      ['never_sent'],
    ])
    expect(back([search, elsewhere], came(search, 'accepted'), came(elsewhere, 'refused'))).toEqual(
      [['said', ...IN_FULL[0]], ['refused']],
    )
    // The first was sent before the second was refused; what became of it is not known.
    expect(back([search, elsewhere], came(elsewhere, 'refused'))).toEqual([
      ['not_known', ...IN_FULL[0]],
      ['refused'],
    ])
  })

  it.each(['verified', 'mismatched'] as const)(
    'orders nothing for a line that the history of its platform leaves out: the other %s',
    (kind) => {
      const told = came(search, kind, [1_000_000, 900_000])
      expect(back([search, social], told)[1]).toEqual(['unchanged'])
      expect(back([search, elsewhere], told)[1]).toEqual(['not_known', ...IN_FULL[1]])
      const nowhere = [
        { ...search, platform: null },
        { ...social, platform: null },
      ]
      expect(back(nowhere, told)[1]).toEqual(['not_known', ...IN_FULL[1]])
      // Somebody says that it was done since.
      expect(back([search, social], told, came(social, 'accepted'))[1]?.[0]).toBe('said')
    },
  )

  it('gives back the change where no budget was measured, and what the history had before where it tells', () => {
    const blind = { ...social, oldMinor: null, newMinor: null }
    expect(back([blind])).toEqual([['not_known', null, null, -100_000]])
    expect(back([blind], came(blind, 'mismatched', [500_000, 550_000]))).toEqual([
      ['otherwise', 550_000, 500_000, -50_000],
    ])
    expect(back([blind], came(blind, 'mismatched'))).toEqual([['not_known', null, null, -100_000]])
  })
})
