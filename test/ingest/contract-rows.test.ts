import { describe, expect, test } from 'vitest'

import { DATASETS, type DatasetName } from '#rules/schema/review.ts'
import { CONTRACTS } from '#src/ingest/contracts/all.ts'
import { firstRejects } from '#src/ingest/refused.ts'
import type { OpenOptions } from '#src/warehouse/open.ts'
import { warehouseWith } from '#test/support/workspace.ts'

async function load(
  dataset: DatasetName,
  content: string,
  options: Partial<OpenOptions> & { readonly files?: Readonly<Record<string, string>> } = {},
) {
  const { files = {}, ...rest } = options
  const opened = await warehouseWith({ ...files, [`data/${dataset}.csv`]: content }, rest)
  const rejects = await firstRejects(opened.connection, dataset, 100)
  const select = async (columns: string): Promise<unknown[][]> => {
    const found = await opened.connection.runAndReadAll(
      `select ${columns} from "${dataset}" order by row_seq`,
    )
    return found.getRowsJson()
  }
  return { opened, rejects, select }
}

describe('contracts', () => {
  test('there is one for every data set, under its own name', () => {
    expect(Object.keys(CONTRACTS).toSorted()).toEqual([...DATASETS].toSorted())
    for (const dataset of DATASETS) expect(CONTRACTS[dataset].dataset).toBe(dataset)
  })

  test.each(DATASETS)('%s: keys, dates and rules name columns it has', (dataset) => {
    const { columns, key, dated, rowRules } = CONTRACTS[dataset]
    const names = columns.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    const named = rowRules.flatMap((rule) => (rule.kind === 'ordered' ? [rule.low, rule.high] : []))
    const dates = dated === undefined ? [] : [dated]
    expect(names).toEqual(expect.arrayContaining([...key, ...dates, ...named]))
  })

  // The columns of the published contract, `?` = optional; a contract may add optional ones.
  test.each([
    [
      'campaigns',
      'campaign_id name objective? primary_kpi? start_on? end_on? status? budget? currency?',
    ],
    ['segments', 'segment_id name lifecycle_stage? priority? size_estimate?'],
    ['channels', 'channel_id name type? platform?'],
    [
      'ad_performance',
      'date campaign_id channel_id segment_id? currency spend impressions? clicks? conversions? conversion_value?',
    ],
    ['cost_ledger', 'date? month? campaign_id cost_type amount currency'],
    ['value_ledger', 'date? month? campaign_id amount currency source'],
    ['funnel_counts', 'date campaign_id? segment_id? channel_id? stage count source?'],
    ['funnel_events', 'person_id stage occurred_at campaign_id? segment_id? channel_id?'],
    ['touchpoints', 'person_id occurred_at channel campaign_id? cost?'],
    ['conversions', 'conversion_id person_id occurred_at value? currency?'],
    ['journeys', 'path conversions conversion_value? nulls?'],
    [
      'content',
      'date content_id url? title? type? published_on? views engaged_views? avg_time_s? scroll_75? bounces? conversions? assisted_conversions?',
    ],
    ['search_performance', 'date page? query? clicks impressions position'],
    [
      'leads',
      'lead_id created_at channel_id? campaign_id? score? score_version? mql_at? sql_at? opportunity_at? won_at? lost_at? amount? currency? sales_feedback? rejection_reason? owner?',
    ],
    [
      'deals',
      'deal_id lead_id? campaign_id? channel_id? amount currency created_at won_at? lost_at?',
    ],
    [
      'experiments',
      'experiment_id campaign_id? name status started_on ended_on? metric arm is_control planned_share? users conversions? mean? variance? looks?',
    ],
    ['budgets', 'month campaign_id? channel_id? planned committed? min? max? currency'],
    [
      'budget_actions',
      'action_id created_at campaign_id from_channel_id? to_channel_id? amount currency reason_code reason? proposed_by approver? decided_at? status',
    ],
    [
      'risk_signals',
      'risk_id raised_at campaign_id? risk_type severity evidence? recommended_action? status',
    ],
    ['creatives', 'creative_id campaign_id channel_id? segment_id? text url? cta?'],
    ['actions_taken', 'action_id status done_on? note?'],
  ] as const)('%s has the columns users rely on', (dataset, listed) => {
    const published = listed.split(' ')
    const ours = CONTRACTS[dataset].columns.map(({ name, required }) =>
      required ? name : `${name}?`,
    )
    expect(ours).toEqual(expect.arrayContaining(published))
    const added = ours.filter((name) => !published.includes(name))
    expect(added.every((name) => name.endsWith('?'))).toBe(true)
  })
})

describe('instants', () => {
  const ms = (text: string): string => String(Date.parse(text))
  test.each([
    // New York is UTC−5 until 8 March 2026, 02:00, then UTC−4 until 1 November 2026, 02:00.
    ['2026-03-01', ms('2026-03-01T05:00:00Z'), '2026-03-01'],
    ['2026-03-01T23:30', ms('2026-03-02T04:30:00Z'), '2026-03-01'],
    ['2026-03-01 23:30:15', ms('2026-03-02T04:30:15Z'), '2026-03-01'],
    ['2026-03-01T23:30:15.123456', ms('2026-03-02T04:30:15.123Z'), '2026-03-01'],
    ['2026-03-01T03:30:00Z', ms('2026-03-01T03:30:00Z'), '2026-02-28'],
    ['2026-03-01 03:30:00 UTC', ms('2026-03-01T03:30:00Z'), '2026-02-28'],
    ['2026-03-01T03:30:00+02', ms('2026-03-01T01:30:00Z'), '2026-02-28'],
    ['2026-03-01T03:30:00-0530', ms('2026-03-01T09:00:00Z'), '2026-03-01'],
    ['2026-03-01T03:30:00.5+05:45', ms('2026-02-28T21:45:00.5Z'), '2026-02-28'],
    ['2026-03-08T01:59:59', ms('2026-03-08T06:59:59Z'), '2026-03-08'],
    ['2026-03-08T03:00:00', ms('2026-03-08T07:00:00Z'), '2026-03-08'],
    // Shown twice: the earlier one.
    ['2026-11-01T01:30:00', ms('2026-11-01T05:30:00Z'), '2026-11-01'],
    ['2026-11-01T02:00:00', ms('2026-11-01T07:00:00Z'), '2026-11-01'],
    ['2026-11-01T04:30:00Z', ms('2026-11-01T04:30:00Z'), '2026-11-01'],
    ['2026-11-01T03:59:59Z', ms('2026-11-01T03:59:59Z'), '2026-10-31'],
  ])('%s', async (text, occurredMs, occurredOn) => {
    const { select, rejects } = await load(
      'touchpoints',
      `person_id,occurred_at,channel\nP1,${text},email\n`,
    )
    expect(rejects).toEqual([])
    expect(await select('occurred_ms, occurred_on, month_key')).toEqual([
      [occurredMs, occurredOn, occurredOn.slice(0, 7)],
    ])
  })

  test.each([
    ['2026-03-01T24:00:00', 'wrong_type'],
    ['2026-03-01T23:60:00', 'wrong_type'],
    ['2026-03-01T23:59:60', 'wrong_type'],
    ['2026-02-29T10:00:00', 'wrong_type'],
    ['2026-03-01T10', 'wrong_type'],
    ['2026-03-01T10:00Z', 'wrong_type'],
    ['2026-03-01T10:00:00+15:00', 'wrong_type'],
    ['2026-03-01T10:00:00 America/New_York', 'wrong_type'],
    ['1772355600000', 'wrong_type'],
    ['03/01/2026 10:00', 'wrong_type'],
    ['1970-01-01T00:00:00Z', 'out_of_range'],
    ['2026-03-08T02:30:00', 'nonexistent_time'],
    ['2026-03-08T02:00:00', 'nonexistent_time'],
  ])('%s is refused: %s', async (text, code) => {
    const { rejects } = await load(
      'touchpoints',
      `person_id,occurred_at,channel\nP1,${text},email\n`,
    )
    expect(rejects).toMatchObject([{ row: 2, column: 'occurred_at', code }])
  })

  test('the local day follows the zone of the company', async () => {
    const company = { currency: 'USD', timeZone: 'Asia/Kathmandu' }
    const { select } = await load(
      'touchpoints',
      'person_id,occurred_at,channel\nP1,2026-03-01T18:14:59Z,a\nP1,2026-03-01T18:15:00Z,a\nP1,2026-03-02,a\n',
      { company },
    )
    expect(await select('occurred_on, occurred_ms')).toEqual([
      ['2026-03-01', ms('2026-03-01T18:14:59Z')],
      ['2026-03-02', ms('2026-03-01T18:15:00Z')],
      ['2026-03-02', ms('2026-03-01T18:15:00Z')],
    ])
  })

  test('a day whose midnight the clock skipped begins when the clock does', async () => {
    const company = { currency: 'USD', timeZone: 'Africa/Cairo' }
    const { select, rejects } = await load(
      'touchpoints',
      'person_id,occurred_at,channel\nP1,2026-04-24,a\nP1,2026-04-24T00:30:00,a\nP1,2026-04-24T01:00:00,a\n',
      { company },
    )
    expect(rejects).toMatchObject([
      { row: 3, code: 'nonexistent_time', got: '2026-04-24T00:30:00' },
    ])
    expect(await select('occurred_on, occurred_ms')).toEqual([
      ['2026-04-24', ms('2026-04-23T22:00:00Z')],
      ['2026-04-24', ms('2026-04-23T22:00:00Z')],
    ])
  })

  test('an empty instant is null in both columns', async () => {
    const { select } = await load('leads', 'lead_id,created_at,mql_at\nL1,2026-03-01,\n')
    expect(await select('mql_ms, mql_on, created_on')).toEqual([[null, null, '2026-03-01']])
  })
})

describe('numbers', () => {
  test.each([
    ['0', '0'],
    ['1', '1000000'],
    ['0.25', '250000'],
    ['-0.5', '-500000'],
    ['0.1234567', '123457'],
    ['0.9999996', '1000000'],
    ['5e-05', '50'],
    ['1E2', '100000000'],
    ['9000000000', '9000000000000000'],
    ['-9000000000', '-9000000000000000'],
    ['123456789.123456', '123456789123456'],
  ])('the decimal %s is kept in millionths', async (text, expected) => {
    const { select } = await load('leads', `lead_id,created_at,score\nL1,2026-03-01,${text}\n`)
    expect(await select('score_e6')).toEqual([[expected]])
  })

  test.each([
    ['9000000000.1', 'out_of_range'],
    ['1e99', 'out_of_range'],
    ['abc', 'wrong_type'],
    ['NaN', 'wrong_type'],
    ['Infinity', 'wrong_type'],
    ['"1,5"', 'wrong_type'],
    ['.5', 'wrong_type'],
  ])('the decimal %s is refused: %s', async (text, code) => {
    const { rejects } = await load('leads', `lead_id,created_at,score\nL1,2026-03-01,${text}\n`)
    expect(rejects).toMatchObject([{ column: 'score', code }])
  })

  test.each([
    ['-0.000001', 'out_of_range'],
    ['1.000001', 'out_of_range'],
    ['0', undefined],
    ['1', undefined],
  ])('a share of %s: %s', async (share, code) => {
    const { rejects } = await load(
      'experiments',
      `experiment_id,name,status,started_on,metric,arm,is_control,planned_share,users\nE1,N,running,2026-03-01,m,a,true,${share},10\n`,
    )
    expect(rejects.map((reject) => reject.code)).toEqual(code === undefined ? [] : [code])
  })

  test.each([
    ['0', undefined],
    ['999999999999999', undefined],
    ['1000000000000000', 'wrong_type'],
    ['5.0', 'wrong_type'],
    ['0.5', 'wrong_type'],
    ['-1', 'wrong_type'],
    ['1 000', 'wrong_type'],
    ['007', 'wrong_type'],
  ])('a count of %s: %s', async (count, code) => {
    const { rejects } = await load('funnel_counts', `date,stage,count\n2026-03-01,visit,${count}\n`)
    expect(rejects.map((reject) => reject.code)).toEqual(code === undefined ? [] : [code])
  })

  const FIGURES = 'mean,variance,denominator_mean,denominator_variance,covariance'
  const arm = (figures: string) =>
    load(
      'experiments',
      `experiment_id,name,status,started_on,metric,arm,is_control,users,${FIGURES}\nE1,N,running,2026-03-01,m,a,true,10,${figures}\n`,
    )

  test('the figures of a sample keep every digit, and a blank one stays blank', async () => {
    const { select, rejects } = await arm('0.0021234567890123,5e-09,-3.25,9000000000,')
    expect(rejects).toEqual([])
    expect(await select(FIGURES)).toEqual([
      ['0.0021234567890123', '5e-09', '-3.25', '9000000000', null],
    ])
  })

  test.each([
    ['2,5,10,20,10', undefined],
    ['2,5,10,20,-10', undefined],
    // The root of 5 × 20, with room for rounded figures.
    ['2,5,10,20,10.000009', undefined],
    ['2,5,10,20,10.000011', 'covariance'],
    ['2,5,10,20,-10.000011', 'covariance'],
    ['2,0,10,20,0', undefined],
    ['2,0,10,20,0.1', 'covariance'],
    ['2,,10,20,11', undefined],
    ['2,5,10,,11', undefined],
    ['2,5,0,20,1', undefined],
    ['2,-0.0000001,10,20,0', 'variance'],
    ['2,-1e-17,10,20,0', undefined],
    ['2,5,10,-0.0000001,0', 'denominator_variance'],
    ['2,5,ten,20,1', 'denominator_mean'],
    ['2,5,9000000000.1,20,1', 'denominator_mean'],
    ['2,5,10,20,NaN', 'covariance'],
  ])('a ratio with %s: refused for %s', async (figures, column) => {
    const { rejects } = await arm(figures)
    expect(rejects.map((reject) => reject.column)).toEqual(column === undefined ? [] : [column])
  })

  test('a covariance that no data can have is told with its variances', async () => {
    const { rejects } = await arm('2,5,10,20,11')
    expect(rejects).toMatchObject([
      {
        file: 'data/experiments.csv',
        row: 2,
        column: 'covariance',
        code: 'inconsistent',
        expected: 'at most the root of variance × denominator_variance in size',
        got: '11 with variance 5 and denominator_variance 20',
      },
    ])
  })

  test('looks start at one', async () => {
    const rows = [0, 1].map((looks) => `E1,N,running,2026-03-01,m,arm${looks},1,10,${looks}`)
    const { rejects } = await load(
      'experiments',
      `experiment_id,name,status,started_on,metric,arm,is_control,users,looks\n${rows.join('\n')}\n`,
    )
    expect(rejects).toMatchObject([{ row: 2, column: 'looks', code: 'out_of_range' }])
  })

  test('refunds are negative, spend is not', async () => {
    const refund = await load(
      'conversions',
      'conversion_id,person_id,occurred_at,value\nK1,P1,2026-03-01,-12.30\n',
    )
    expect(await refund.select('value_minor')).toEqual([['-1230']])
    const spend = await load(
      'ad_performance',
      'date,campaign_id,channel_id,currency,spend\n2026-03-01,C1,H1,USD,-1\n',
    )
    expect(spend.rejects).toMatchObject([{ column: 'spend', code: 'wrong_type' }])
  })

  test.each([
    ['JPY', '1234', '1234'],
    ['KWD', '1234.567', '1234567'],
    ['KWD', '999999999999.999', '999999999999999'],
    ['EUR', '999999999999.99', '99999999999999'],
  ])('%s %s', async (currency, amount, minor) => {
    const { select, rejects } = await load(
      'campaigns',
      `campaign_id,name,budget,currency\nC1,A,${amount},${currency}\n`,
      { company: { currency, timeZone: 'UTC' } },
    )
    expect(rejects).toEqual([])
    expect(await select('budget_minor, currency')).toEqual([[minor, currency]])
  })

  test('a yen has no cents', async () => {
    const { rejects } = await load('campaigns', 'campaign_id,name,budget\nC1,A,12.5\n', {
      company: { currency: 'JPY', timeZone: 'Asia/Tokyo' },
    })
    expect(rejects).toMatchObject([
      {
        code: 'wrong_type',
        expected: 'an amount without decimals or separators, such as 1234, not negative',
      },
    ])
  })

  test.each([
    ['true', '1'],
    ['TRUE', '1'],
    ['1', '1'],
    ['False', '0'],
    ['0', '0'],
  ])('%s is a boolean', async (text, expected) => {
    const { select } = await load(
      'experiments',
      `experiment_id,name,status,started_on,metric,arm,is_control,users\nE1,N,running,2026-03-01,m,a,${text},10\n`,
    )
    expect(await select('is_control')).toEqual([[expected]])
  })

  test('yes is none', async () => {
    const { rejects } = await load(
      'experiments',
      `experiment_id,name,status,started_on,metric,arm,is_control,users\nE1,N,running,2026-03-01,m,a,yes,10\n`,
    )
    expect(rejects).toMatchObject([{ column: 'is_control', expected: 'true or false' }])
  })
})

describe('texts', () => {
  test.each([
    ['C 1', undefined],
    ['Größe-1', undefined],
    [' C1', 'wrong_type'],
    ['C1 ', 'wrong_type'],
    ['C\u200b1', 'wrong_type'],
    ['C\u00a0', 'wrong_type'],
    ['x'.repeat(256), undefined],
    ['x'.repeat(257), 'wrong_type'],
  ])('an id of %j: %s', async (id, code) => {
    const { rejects } = await load('campaigns', `campaign_id,name\n${id},A\n`)
    expect(rejects.map((reject) => reject.code)).toEqual(code === undefined ? [] : [code])
  })

  test('a name is one line of at most 1000 characters', async () => {
    const rows = [
      `C1,"two\nlines"`,
      `C2,${'x'.repeat(1000)}`,
      `C3,${'x'.repeat(1001)}`,
      'C4,a\u0085b',
    ]
    const { rejects } = await load('campaigns', `campaign_id,name\n${rows.join('\n')}\n`)
    expect(rejects).toMatchObject([
      { row: 2, code: 'control_character' },
      { row: 5, code: 'out_of_range' },
      { row: 6, code: 'control_character' },
    ])
  })

  test.each([
    ['visit', undefined],
    ['demo_request', undefined],
    ['Visit', 'wrong_type'],
    ['demo request', 'wrong_type'],
  ])('a stage named %s: %s', async (stage, code) => {
    const { rejects } = await load('funnel_counts', `date,stage,count\n2026-03-01,${stage},1\n`)
    expect(rejects.map((reject) => reject.code)).toEqual(code === undefined ? [] : [code])
  })

  test('a value outside its list names the list', async () => {
    const { rejects } = await load(
      'cost_ledger',
      'month,campaign_id,cost_type,amount,currency\n2026-03,C1,Media,1,USD\n',
    )
    expect(rejects).toMatchObject([
      {
        column: 'cost_type',
        code: 'not_allowed',
        expected: 'one of media, human_review, llm, tooling, agency',
        got: 'Media',
      },
    ])
  })
})

describe('date or month', () => {
  test.each([
    ['2026-03-05,,', undefined, '2026-03'],
    [',2026-03,', undefined, '2026-03'],
    ['2026-03-05,2026-03,', undefined, '2026-03'],
    ['2026-03-05,2026-04,', 'inconsistent', undefined],
    [',,', 'missing_value', undefined],
    [',2026-13,', 'wrong_type', undefined],
    [',1989-12,', 'out_of_range', undefined],
  ])('%s: %s', async (cells, code, month) => {
    const { rejects, select } = await load(
      'value_ledger',
      `date,month,entry_id,campaign_id,amount,currency,source\n${cells},C1,1,USD,crm\n`,
    )
    expect(rejects.map((reject) => reject.code)).toEqual(code === undefined ? [] : [code])
    expect(await select('month_key')).toEqual(month === undefined ? [] : [[month]])
  })
})

describe('references', () => {
  const header = 'date,campaign_id,channel_id,currency,spend\n'
  test('an id nobody knows is refused when its set is there', async () => {
    const { rejects, select } = await load(
      'ad_performance',
      `${header}2026-03-01,C1,H1,USD,1\n2026-03-01,C9,H1,USD,2\n2026-03-01,C1,H9,USD,3\n`,
      {
        files: {
          'data/campaigns.csv': 'campaign_id,name\nC1,A\n',
          'data/channels.csv': 'channel_id,name\nH1,A\n',
        },
      },
    )
    expect(rejects).toMatchObject([
      {
        row: 3,
        column: 'campaign_id',
        code: 'unknown_id',
        expected: 'an id of campaigns',
        got: 'C9',
      },
      {
        row: 4,
        column: 'channel_id',
        code: 'unknown_id',
        expected: 'an id of channels',
        got: 'H9',
      },
    ])
    expect(await select('spend_minor, source_row, row_seq')).toEqual([['100', '2', '3']])
  })

  test('any id passes while its set is absent or has no row', async () => {
    const { rejects } = await load('ad_performance', `${header}2026-03-01,C9,H9,USD,1\n`, {
      files: { 'data/campaigns.csv': 'campaign_id,name\n' },
    })
    expect(rejects).toEqual([])
  })
})

describe('duplicates', () => {
  test('the first row stays; a copy and a contradiction are told apart', async () => {
    const { rejects, select } = await load(
      'campaigns',
      'campaign_id,name\nC1,A\nC2,B\nC1,A\nC2,Bee\nC2,B\n',
    )
    expect(rejects).toEqual([
      {
        file: 'data/campaigns.csv',
        row: 4,
        column: 'campaign_id',
        code: 'duplicate_key',
        expected: 'a key not seen before; first at data/campaigns.csv:2',
        got: 'campaign_id C1',
      },
      expect.objectContaining({ row: 5, code: 'conflicting_duplicate', got: 'campaign_id C2' }),
      expect.objectContaining({ row: 6, code: 'duplicate_key' }),
    ])
    expect(await select('campaign_id, name')).toEqual([
      ['C1', 'A'],
      ['C2', 'B'],
    ])
  })

  test('empty parts of a key count as equal', async () => {
    const { rejects } = await load(
      'funnel_counts',
      'date,segment_id,stage,count\n2026-03-01,,visit,1\n2026-03-01,S1,visit,1\n2026-03-01,,visit,2\n',
    )
    expect(rejects).toMatchObject([
      {
        row: 4,
        code: 'conflicting_duplicate',
        got: 'date 2026-03-01, stage visit',
      },
    ])
  })

  test('equal bookings need entry ids of their own', async () => {
    const header = 'month,campaign_id,cost_type,amount,currency'
    const booking = '2026-03,C1,media,5.00,USD'
    const without = await load('cost_ledger', `${header}\n${booking}\n${booking}\n`)
    expect(without.rejects).toMatchObject([{ row: 3, code: 'duplicate_key' }])
    const withIds = await load('cost_ledger', `${header},entry_id\n${booking},1\n${booking},2\n`)
    expect(withIds.rejects).toEqual([])
  })

  test('keys are held across the files of a folder', async () => {
    const opened = await warehouseWith({
      'data/campaigns/a.csv': 'campaign_id,name\nC1,A\n',
      'data/campaigns/b.csv': 'campaign_id,name\nC1,B\nC2,C\n',
    })
    expect(await firstRejects(opened.connection, 'campaigns', 9)).toMatchObject([
      { file: 'data/campaigns/b.csv', row: 2, code: 'conflicting_duplicate' },
    ])
    const [result] = opened.datasets
    expect(result?.files.map(({ path, rows, rejected }) => [path, rows, rejected])).toEqual([
      ['data/campaigns/a.csv', 1, 0],
      ['data/campaigns/b.csv', 1, 1],
    ])
  })

  test('events may repeat', async () => {
    const row = 'P1,2026-03-01,email\n'
    const { rejects } = await load('touchpoints', `person_id,occurred_at,channel\n${row}${row}`)
    expect(rejects).toEqual([])
  })
})
