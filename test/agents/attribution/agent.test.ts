import { describe, expect, it } from 'vitest'

import { attributionAgent } from '#agents/attribution/agent.ts'
import { StageResult, type Fact } from '#rules/schema/review.ts'
import { tokensOf } from '#rules/schema/template.ts'
import { policyWith } from '#test/support/policy.ts'
import { warehouseWith, type WorkspaceFiles } from '#test/support/workspace.ts'

const TOUCHES = `person_id,occurred_at,channel
p1,2026-02-20T10:00:00Z,Search
p1,2026-03-02T10:00:00Z,Email
p2,2026-03-05T10:00:00Z,Email
p2,2026-03-06T10:00:00Z,Search
p3,2026-03-07T10:00:00Z,Search
p4,2026-01-10T10:00:00Z,Social
p5,2026-03-20T10:00:00Z,Email
p5,2026-03-28T10:00:00Z,Search
p9,2026-04-02T10:00:00Z,Email
`

// p1 converts after two touches, p2 before and after its second one, p4 long after its only touch, p6 out of nowhere; p5 converts in
// another currency, p7 sends goods back, p8 converts in April.
const CONVERSIONS = `conversion_id,person_id,occurred_at,value,currency
c1,p1,2026-03-03T10:00:00Z,100.00,USD
c2,p2,2026-03-05T12:00:00Z,50.00,USD
c3,p2,2026-03-06T10:00:00Z,25.50,USD
c4,p4,2026-03-15T10:00:00Z,10.00,
c5,p5,2026-03-29T10:00:00Z,,USD
c6,p6,2026-03-10T10:00:00Z,0,USD
c7,p7,2026-03-11T10:00:00Z,-30.00,USD
c8,p8,2026-04-01T10:00:00Z,99.00,USD
c9,p1,2026-02-25T10:00:00Z,1.00,USD
`

const FILES = {
  'data/touchpoints.csv': TOUCHES,
  'data/conversions.csv': CONVERSIONS,
  'data/channels.csv': 'channel_id,name\nEmail,E-mail\n',
}

interface RunOptions {
  readonly asOfOn?: string
  readonly threads?: number
  readonly attribution?: Readonly<Record<string, unknown>>
}

async function run(files: WorkspaceFiles, options: RunOptions = {}): Promise<StageResult> {
  const { asOfOn = '2026-04-03', threads = 2, attribution = {} } = options
  const { warehouse } = await warehouseWith(files, {
    company: { currency: 'USD', timeZone: 'UTC' },
    threads,
  })
  const context = {
    reviewId: 'R-1',
    month: '2026-03',
    asOf: `${asOfOn}T09:00:00Z`,
    asOfOn,
    policy: policyWith({ attribution: { min_support: 1, ...attribution } }),
    endOfDay: (on: string) => `${on}T23:59:59Z`,
    earlierReadings: [],
  }
  return StageResult.parse(await attributionAgent.run(context, { warehouse }, undefined))
}

function fact(result: StageResult, id: string): Fact | undefined {
  return result.facts.find((one) => one.id === `attribution.${id}`)
}

const count = (result: StageResult, id: string) => fact(result, id)?.value

describe('attributionAgent', () => {
  it('credits the month’s conversions from touches and conversions', async () => {
    const result = await run(FILES)
    expect(result.status).toBe('assessed')
    expect(count(result, 'total.conversions')).toBe(7)
    expect(count(result, 'total.value')).toStrictEqual({ currency: 'USD', minor: 15_550 })
    expect(count(result, 'attributed.conversions')).toBe(4)
    expect(count(result, 'line.outside_window.conversions')).toBe(1)
    expect(count(result, 'line.no_touch.conversions')).toBe(1)
    expect(count(result, 'line.refund.value')).toStrictEqual({ currency: 'USD', minor: -3000 })
    // c9 in February closed p1's touch of that month, so c1 belongs to Email alone.
    expect(count(result, 'channel.Email.first_touch')).toBe(3)
    expect(count(result, 'channel.Search.first_touch')).toBe(1)
    expect(count(result, 'channel.Email.conversions')).toBe(2.5)
    expect(fact(result, 'channel.Social.conversions')?.status).toBe('zero')
    expect(count(result, 'quality.without_value')).toBe(1)
    // p3 never converted.
    expect(count(result, 'null_journeys')).toBe(1)
    expect(result.decisions[0]).toMatchObject({ action: 'pass', reason: 'balanced' })
    const known = new Set(result.facts.map(({ id }) => id))
    for (const id of result.summary.flatMap(tokensOf)) expect(known).toContain(id)
    expect(result.tables[0]?.rows[0]?.[0]).toStrictEqual({ text: 'E-mail' })
  })

  it('looks back past earlier conversions under overlap', async () => {
    const result = await run(FILES, { attribution: { assignment: 'overlap' } })
    expect(count(result, 'channel.Search.first_touch')).toBe(1)
    expect(count(result, 'channel.Search.conversions')).toBe(0.5 + 0.5 + 0.5)
  })

  it('gives the same result for rows in any order and any number of threads', async () => {
    const shuffled = (text: string): string => {
      const [header = '', ...rows] = text.trimEnd().split('\n')
      return `${[header, ...rows.toReversed()].join('\n')}\n`
    }
    const straight = await run(FILES)
    const other = await run(
      {
        ...FILES,
        'data/touchpoints.csv': shuffled(TOUCHES),
        'data/conversions.csv': shuffled(CONVERSIONS),
      },
      { threads: 1 },
    )
    expect(JSON.stringify(other)).toBe(JSON.stringify(straight))
  })

  it('knows nothing of what is dated after the review, nor of touches then', async () => {
    const result = await run(FILES, { asOfOn: '2026-03-08' })
    expect(count(result, 'total.conversions')).toBe(3)
    expect(count(result, 'attributed.conversions')).toBe(3)
    expect(fact(result, 'total.conversions')?.source).toStrictEqual([
      { dataset: 'conversions', rows: 3, where: { month_key: '2026-03' } },
      { dataset: 'touchpoints', rows: 6 },
    ])
    expect(result.decisions[0]?.action).toBe('pass')
  })

  it('reads journeys counted by path where there are no persons', async () => {
    const result = await run({
      'data/journeys.csv':
        'path,conversions,conversion_value,nulls\nEmail > Search,2,100.00,1\nSearch,1,,\n',
    })
    expect(count(result, 'attributed.conversions')).toBe(3)
    expect(count(result, 'channel.Search.last_touch')).toBe(3)
    expect(count(result, 'quality.without_value')).toBe(1)
    expect(fact(result, 'null_journeys')?.status).toBe('not_measured')
    expect(fact(result, 'total.conversions')?.source).toStrictEqual([
      { dataset: 'journeys', rows: 2 },
    ])
  })

  it('leaves all unattributed with conversions alone', async () => {
    const result = await run({ 'data/conversions.csv': CONVERSIONS })
    expect(result.status).toBe('partial')
    expect(count(result, 'line.no_touch.conversions')).toBe(6)
    expect(count(result, 'unattributed.conversions')).toBe(7)
  })

  it.each([
    ['no file', {}],
    ['touchpoints alone', { 'data/touchpoints.csv': TOUCHES }],
    ['an empty journeys file', { 'data/journeys.csv': 'path,conversions\n' }],
  ])('measures nothing with %s', async (_name, files) => {
    const result = await run(files)
    expect(result.status).toBe('not_measured')
    expect(fact(result, 'total.conversions')).toMatchObject({ status: 'not_measured', value: null })
  })

  it('takes a file without rows for nothing measured, not for no conversion', async () => {
    const header = CONVERSIONS.slice(0, CONVERSIONS.indexOf('\n') + 1)
    const result = await run({ ...FILES, 'data/conversions.csv': header })
    expect(result.status).toBe('not_measured')
    expect(fact(result, 'total.conversions')?.status).toBe('not_measured')
  })

  it('books conversions without touchpoints and attributes none of them', async () => {
    const { 'data/touchpoints.csv': _touches, ...others } = FILES
    const result = await run(others)
    expect(fact(result, 'total.conversions')?.status).toBe('known')
    expect(fact(result, 'attributed.conversions')?.status).toBe('not_measured')
    expect(fact(result, 'null_journeys')?.status).toBe('not_measured')
  })

  it('says that rows were rejected, but not of exact copies', async () => {
    const spoilt = `${CONVERSIONS}c10,p9,2026-03-12T10:00:00Z,"1,5",USD\n`
    const result = await run({ ...FILES, 'data/conversions.csv': spoilt })
    expect(count(result, 'rejected.conversions')).toBe(1)
    expect(result.findings[0]).toMatchObject({
      id: 'finding.attribution.rejected_conversions',
      severity: 'serious',
    })
    expect(tokensOf(result.findings[0]?.detail ?? '')).toEqual(['attribution.rejected.conversions'])
    const copied = `${CONVERSIONS}c9,p1,2026-02-25T10:00:00Z,1.00,USD\n`
    const whole = await run({ ...FILES, 'data/conversions.csv': copied })
    expect(fact(whole, 'rejected.conversions')).toBeUndefined()
    expect(whole.findings.map(({ id }) => id)).not.toContain(
      'finding.attribution.rejected_conversions',
    )
  })

  it('takes unreadable conversions for unreadable, not for none', async () => {
    const result = await run({ ...FILES, 'data/conversions.csv': 'nothing,of,this\n1,2,3\n' })
    expect(fact(result, 'total.conversions')?.status).toBe('unreadable')
  })
})
