import type { ReadableState } from '#rules/reading/state.ts'

const figure = (entity: string, metric: string, now: number, before: number | null) => ({
  entity,
  metric,
  now,
  before,
})

/** A company with a campaign of which nothing is known, one called like a word of the language, and revenue below zero. */
export const STATE: ReadableState = {
  currency: { sign: '$', code: 'USD' },
  months: { now: 'october', before: 'september' },
  days: ['2026-10-01', '2026-10-31', '2026-09-01', '2026-09-30'],
  entities: [
    { id: 'pf', name: 'the portfolio' },
    { id: 'c1', name: 'Brand' },
    { id: 'c2', name: 'Retargeting' },
    { id: 'c3', name: '<b>Sale' },
    { id: 'c4', name: 'approved' },
  ],
  metrics: [
    { id: 'spend', unit: 'money', better: 0, names: ['spend'] },
    { id: 'revenue', unit: 'money', better: 1, names: ['revenue'] },
    { id: 'leads', unit: 'count', better: 1, names: ['leads'] },
    { id: 'cvr', unit: 'pct', better: 1, names: ['conversion rate'] },
    { id: 'cac', unit: 'money', better: -1, names: ['cost per lead'] },
    { id: 'roas', unit: 'x', better: 1, names: ['roas'] },
    { id: 'score', unit: 'score', better: 1, names: ['score'] },
  ],
  figures: [
    figure('c1', 'spend', 48_250, 41_900),
    figure('c1', 'revenue', 192_840, 150_840),
    figure('c1', 'leads', 1480, 740),
    figure('c1', 'cvr', 4.2, 3.6),
    figure('c1', 'cac', 40, 80),
    figure('c1', 'roas', 4, 3.6),
    figure('c1', 'score', 86, null),
    figure('c2', 'spend', 22_450, 22_450),
    figure('c2', 'revenue', -500, 31_430),
    figure('c2', 'leads', 95, 131),
    figure('c2', 'cac', 236.32, 171.37),
    figure('c2', 'roas', 0.9, 0.903),
    figure('c4', 'leads', 5, 5),
    figure('pf', 'spend', 144_750, 128_350),
    figure('pf', 'leads', 2475, 1723),
  ],
  decisions: [
    {
      entity: 'c1',
      action: 'scale',
      status: 'approved',
      from: 50_000,
      to: 60_000,
      reasons: ['roas above the target'],
    },
    {
      entity: 'c2',
      action: 'stop',
      status: 'pending',
      from: 22_500,
      to: 0,
      reasons: ['roas below the floor', 'fewer leads'],
    },
    { entity: 'c4', action: 'hold', status: 'pending', from: 100, to: 100, reasons: [] },
  ],
  notes: {
    suppressed: 1204,
    warnings: 2,
    missingUtmPct: 3.1,
    rows: 41_207,
    claimsReviewed: 14,
    claimsBlocked: 1,
  },
}
