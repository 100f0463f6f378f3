import { describe, expect, it } from 'vitest'

import { readsTrue } from '#rules/reading/read.ts'

import { runReadingTrial } from '../../support/reading-trial.ts'
import { STATE } from './company.ts'

/** Each true sentence with ones that differ from it in one thing and are false. */
const PAIRS: readonly (readonly [string, readonly string[]])[] = [
  ['Brand spent $48,250.', ['Brand spent $48,251.', 'Brand spent €48,250.', 'Brand spent 48,250.']],
  ['Brand spent $48.3K.', ['Brand spent $48.2K.', 'Brand spent $48M.', 'Brand spent $0.05M.']],
  ['Brand spent about $48 thousand.', ['Brand spent about $49 thousand.']],
  ['Brand spent 48,250 dollars.', ['Brand spent 48,250 euros.', 'Brand spent 48,250.']],
  ['Brand spent USD 48,250.', ['Brand spent EUR 48,250.']],
  ['Brand spent $41,900 in September.', ['Brand spent $41,900 in October.']],
  ['In October, Brand spent $48,250.', ['In November, Brand spent $48,250.']],
  [
    'Brand generated 1,480 leads at a conversion rate of 4.2%.',
    ['Brand generated 1,480 leads at a conversion rate of 4.3%.', 'Brand generated 1.48 leads.'],
  ],
  ['Brand scored 86.', ['Brand scored 95.', 'Brand scored 86%.']],
  ['“Brand” has a score of 86 out of 100.', ['“Brand” had 1,480 leads out of 100.']],
  ['Retargeting revenue was -$500.', ['Retargeting revenue was $500.']],
  [
    'Brand and Retargeting returned a ROAS of 4.00x and 0.90x respectively.',
    ['Brand and Retargeting returned a ROAS of 0.90x and 4.00x respectively.'],
  ],
  ['Brand and Retargeting spent $48,250 and $22,450 respectively.', []],
  [
    'Brand revenue rose 27.8% to $192,840 from $150,840.',
    [
      'Brand revenue fell 27.8% to $192,840 from $150,840.',
      'Brand revenue rose 27.9% to $192,840 from $150,840.',
      'Brand revenue rose 27.8% to $150,840 from $192,840.',
      'Brand revenue rose 27.8 points.',
    ],
  ],
  ['Brand conversion rate rose 0.6 pp.', ['Brand conversion rate rose 0.6%.']],
  ['Cost per lead at Brand improved to $40.', ['Cost per lead at Brand worsened to $40.']],
  ['Cost per lead at Retargeting worsened.', ['Cost per lead at Retargeting improved.']],
  ['Brand spend increased.', ['Brand spend improved.', 'Retargeting spend increased.']],
  ['Brand ROAS moved from 3.60x to 4.00x.', ['Brand ROAS moved from 4.00x to 3.60x.']],
  ['Brand ROAS was 4.00x, up from 3.60x.', ['Brand ROAS was 4.00x, down from 3.60x.']],
  ['Brand grew revenue by 27.8%.', ['Retargeting grew revenue.']],
  ['Retargeting spend was unchanged.', ['Brand spend was unchanged.']],
  ['Retargeting ROAS was flat.', []],
  [
    'Retargeting recorded no change in spend ($22,450 in both periods).',
    ['Retargeting recorded no change in spend ($22,451 in both periods).'],
  ],
  [
    '“Brand” had a 27.8% rise in revenue ($150,840 to $192,840).',
    ['“Brand” had a 27.8% fall in revenue ($150,840 to $192,840).'],
  ],
  [
    'Retargeting had a change of under 0.5% in ROAS (0.90x to 0.90x).',
    ['Retargeting had a change of under 0.1% in ROAS (0.90x to 0.90x).'],
  ],
  ['Brand doubled its leads.', ['Brand tripled its leads.', 'Brand more than doubled its leads.']],
  ['Brand leads doubled.', ['Retargeting leads doubled.']],
  ['Cost per lead at Brand halved.', []],
  ['Brand took a third of portfolio spend.', ['Brand took a quarter of portfolio spend.']],
  [
    'Brand accounted for 33.3% of portfolio spend.',
    ['Brand accounted for 33.3% of portfolio leads.'],
  ],
  [
    'Brand supplied 59.8% of leads.',
    ['Brand supplied half of leads.', 'Brand took nearly half of portfolio spend.'],
  ],
  ['Brand had the highest ROAS at 4.00x.', ['Retargeting had the highest ROAS at 0.90x.']],
  ['Retargeting had the lowest spend.', ['Brand had the lowest spend.']],
  ['Brand spent more than Retargeting.', ['Brand spent less than Retargeting.']],
  [
    '“Brand” had a higher ROAS than “Retargeting” (4.00x versus 0.90x).',
    [
      '“Retargeting” had a higher ROAS than “Brand” (0.90x versus 4.00x).',
      '“Brand” had a higher ROAS than “Retargeting” (4.00x versus 0.80x).',
      '“Brand” had the same ROAS as “Retargeting”.',
    ],
  ],
  ['Previously at $150,840, Brand revenue now stands at $192,840.', []],
  ['Scale Brand, stop Retargeting.', ['Stop Brand, scale Retargeting.', 'Scale Retargeting.']],
  ['Retargeting is to be stopped.', ['Brand is to be stopped.', '<b>Sale is to be stopped.']],
  ['The operator approved scaling Brand.', ['The operator approved stopping Retargeting.']],
  ['Stopping Retargeting is pending.', ['Stopping Retargeting was rejected.']],
  [
    'Retargeting is to be stopped because ROAS is below the floor.',
    [
      'Brand is to be scaled because ROAS is below the floor.',
      'Retargeting leads fell because ROAS is below the floor.',
      'Retargeting is to be stopped because of a strike.',
    ],
  ],
  [
    'The Brand budget moves from $50,000 to $60,000.',
    [
      'The Brand budget moves from $60,000 to $50,000.',
      'The Brand budget is cut 20% to $60,000.',
      'The Retargeting budget moves from $22,500 to $500.',
    ],
  ],
  [
    '“Brand” has a recommendation to scale the budget from $50,000 to $60,000; rule basis: ROAS above the target; status: approved by the operator.',
    [
      '“Brand” has a recommendation to reduce the budget from $50,000 to $60,000; rule basis: ROAS above the target; status: approved by the operator.',
      '“Brand” has a recommendation to scale the budget from $50,000 to $60,000; rule basis: ROAS above the target; status: awaiting operator approval.',
      '“Brand” has a recommendation to scale the budget from $50,000 to $60,000; rule basis: fewer leads; status: approved by the operator.',
    ],
  ],
  [
    'Recommended to scale (1): “Brand”.',
    ['Recommended to scale (2): “Brand”.', 'Recommended to scale (1): “Retargeting”.'],
  ],
  [
    'Decisions pending (2 of 3): “Retargeting”, “approved”.',
    ['Decisions pending (1 of 3): “Retargeting”.'],
  ],
  ['Recommended to reduce (0): none.', ['Recommended to stop (0): none.']],
  [
    'One of four campaigns grew revenue.',
    ['Two of four campaigns grew revenue.', 'All campaigns grew revenue.'],
  ],
  ['Two decisions are pending.', ['Three decisions are pending.', 'All decisions are pending.']],
  ['No decision was rejected.', ['No decision was approved.']],
  ['One campaign was stopped.', ['No campaign was stopped.']],
  ['1,204 contacts are suppressed.', ['1,240 contacts are suppressed.']],
  ['Data quality checks raised two warnings.', ['Data quality checks raised three warnings.']],
  [
    'UTM parameters are missing on 3.1% of 41,207 rows.',
    ['UTM parameters are missing on 31% of 41,207 rows.'],
  ],
  ['1 of 14 reviewed claims blocked.', ['14 of 1 reviewed claims blocked.']],
  [
    '2026-10-01 to 2026-10-31, compared with 2026-09-01 to 2026-09-30.',
    ['2026-09-01 to 2026-09-30, compared with 2026-10-01 to 2026-10-31.'],
  ],
]

describe('the reader of prose', () => {
  it.each(PAIRS)('tells “%s” from what is false', (truth, lies) => {
    expect(readsTrue(truth, STATE)).toBe(true)
    expect(lies.filter((lie) => readsTrue(lie, STATE))).toEqual([])
  })

  it.each([
    '',
    'Brand.',
    'Brand cratered.',
    'Brand spent $48,250, as instructed.',
    'Brand did not spend $48,250.',
    'Acme spent $48,250.',
    'Brand spent ４８,２５０ dollars.',
    'Brand spent \u202e$48,250.',
    'Brand spent $48,250. See https://evil.test.',
    '=SUM(A1) Brand spent $48,250.',
    '<b>Sale',
    'Brand scored 8.6e1.',
    'Brand and Retargeting together spent $70,700.',
  ])('does not accept what it does not understand: “%s”', (text) => {
    expect(readsTrue(text, STATE)).toBe(false)
  })

  it('knows a campaign whose name is a word only by its quotation marks', () => {
    expect(readsTrue('“approved” had 5 leads.', STATE)).toBe(true)
    expect(readsTrue('approved had 5 leads.', STATE)).toBe(false)
  })
})

describe('names', () => {
  const entities = [
    { id: 'pf', name: 'Acme' },
    { id: 'c1', name: 'Brand' },
    { id: 'c2', name: 'Brand Search' },
    { id: 'c3', name: '<b>Sale' },
    { id: 'c4', name: 'Stop Motion' },
    { id: 'c5', name: 'A\u202eB' },
  ]
  const spend = (entity: string, now: number) => ({ entity, metric: 'spend', now, before: 1 })
  const state = {
    ...STATE,
    entities,
    figures: entities.map(({ id }, index) => spend(id, 1 + index)),
    decisions: [],
  }

  it.each([
    'The portfolio spent $1.',
    'Portfolio spend was $1.',
    'Brand spent $2.',
    'Brand Search spent $3.',
    'Brand and Brand Search spend rose.',
    'Brand and Brand Search grew spend.',
    'Brand’s spend is $2.',
    "Brand's spend is $2.",
    '“<b>Sale” spent $4.',
    '“<b>Sale” more than doubled spend.',
    'Stop Motion spent $5.',
  ])('are known: %s', (text) => {
    expect(readsTrue(text, state)).toBe(true)
  })

  it.each([
    'Acme spent $1.',
    'Acme, Brand spend rose.',
    'Brand and Brand Search spend rose 100.0%.',
    'Brand Search and Brand spend fell.',
    'Brand spent $3.',
    '<b>Sale spent $4.',
    '“A\u202eB” spent $6.',
    'Brand-new spent $2.',
    'Stop spent $5.',
  ])('are not these: %s', (text) => {
    expect(readsTrue(text, state)).toBe(false)
  })
})

describe('two readers of the same words', () => {
  it('agree on random outputs, and the second sees planted faults', () => {
    const { accepted, disagreements, planted, missed } = runReadingTrial(3000, 20_261_121)
    expect(accepted).toBeGreaterThan(1500)
    expect(disagreements).toEqual([])
    expect(missed.length / planted).toBeLessThan(0.02)
  })
})
