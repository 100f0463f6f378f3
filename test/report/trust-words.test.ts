import { expect, test } from 'vitest'

import { gradeTexts, leftOutText, rejectedText, trustReasonText } from '#src/report/trust-words.ts'

const FAULT = {
  faultCode: 'foreign_currency',
  faultRows: 12,
  faultPlace: 'currency',
  faultExpected: 'USD',
  faultGot: 'EUR',
}

test.each([
  ['no_data', 'workspace', {}, 'no data set could be read'],
  ['dataset_unreadable', 'deals', { state: 'unreadable' }, 'deals could not be read'],
  [
    'dataset_unreadable',
    'campaigns',
    { state: 'unreadable', ...FAULT },
    'campaigns could not be read (12 rows, currency: expected USD, got EUR)',
  ],
  [
    'dataset_unreadable',
    'campaigns',
    { faultPlace: 'data/campaigns.csv', faultExpected: 'UTF-8', faultGot: 'other bytes' },
    'campaigns could not be read (data/campaigns.csv: expected UTF-8, got other bytes)',
  ],
  [
    'rows_rejected',
    'leads',
    { rejected: 12, rows: 100, ...FAULT },
    '12 of 100 rows of leads were rejected (12 rows, currency: expected USD, got EUR)',
  ],
  [
    'book_incomplete',
    'deals',
    { lost: 1 },
    '1 rejected row of deals may be of 2026-11, so that its totals are not stated',
  ],
  [
    'book_incomplete',
    'deals',
    { lost: 2, ...FAULT },
    '2 rejected rows of deals may be of 2026-11, so that its totals are not stated (12 rows, currency: expected USD, got EUR)',
  ],
  [
    'no_rows_in_month',
    'leads',
    { rows: 0, nearestMonth: '2026-10' },
    'leads has no rows for 2026-11; its nearest are of 2026-10',
  ],
  [
    'spend_untraceable',
    'media spend',
    {},
    'too much of the media spend is explained by no platform row',
  ],
  [
    'rows_after_as_of',
    'leads',
    { rows: 1 },
    '1 row of leads for 2026-11 is of later days, or of the month as a whole before its end, and in no figure',
  ],
  [
    'rows_after_as_of',
    'cost_ledger',
    { rows: 3 },
    '3 rows of cost_ledger for 2026-11 are of later days, or of the month as a whole before its end, and in no figure',
  ],
  ['something_new', 'a thing', {}, 'something new: a thing'],
])('%s of %s', (code, subject, compared, text) => {
  expect(trustReasonText({ code, subject, compared }, { month: '2026-11' })).toBe(text)
})

test('what was left out is told in one sentence, apart from what lowered the grade', () => {
  const left = (subject: string, rows: number) => ({
    code: 'rows_after_as_of',
    subject,
    steps: 0,
    compared: { rows },
  })
  const untraceable = { code: 'spend_untraceable', subject: 'media spend', steps: 1, compared: {} }
  const document = {
    month: '2026-11',
    trust: {
      grade: 'B' as const,
      reasons: [untraceable, left('leads', 57), left('cost_ledger', 9)],
    },
  }
  expect(gradeTexts(document)).toEqual([
    'too much of the media spend is explained by no platform row',
  ])
  expect(leftOutText(document)).toBe(
    'Rows of the month in no figure, because they are of later days or book the month as a whole before its end: 57 of leads, 9 of cost_ledger',
  )
  expect(leftOutText({ trust: { grade: 'B', reasons: [untraceable] } })).toBeUndefined()
})

test('names every data set of which rows were rejected, also where the grade is not lowered for it', () => {
  const input = (dataset: string, rejected: number) => ({
    dataset,
    rejected,
    rows: 100,
    state: 'present' as const,
    sha256: null,
  })
  expect(
    rejectedText({ inputs: [input('conversions', 1), input('deals', 0), input('leads', 2)] }),
  ).toBe('Rejected rows, in no figure (mo validate names each): 1 of conversions, 2 of leads')
  expect(rejectedText({ inputs: [input('deals', 0)] })).toBeUndefined()
})
