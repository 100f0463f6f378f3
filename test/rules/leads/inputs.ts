import type { LeadScoringInput, MqlMonth, SettledLead } from '#rules/leads/input.ts'

/** A month with none of anything, changed as told. */
export function month(name: string, changes: Partial<Omit<MqlMonth, 'month'>> = {}): MqlMonth {
  return {
    month: name,
    mqls: 0,
    accepted: 0,
    rejected: 0,
    salesQualified: 0,
    opportunities: 0,
    wins: 0,
    matureMqls: 0,
    matureSalesQualified: 0,
    ...changes,
  }
}

/** A workspace whose leads fill every column, with two ordinary months and nothing settled, changed as told. */
export function leadInput(changes: Partial<LeadScoringInput> = {}): LeadScoringInput {
  return {
    presence: 'present',
    filled: {
      leads: 5000,
      score: 5000,
      mql: 3000,
      salesQualified: 1200,
      opportunity: 600,
      won: 250,
      feedback: 2800,
      owner: 2800,
    },
    created: { current: 400, previous: 320 },
    months: [
      month('2026-09', {
        mqls: 200,
        accepted: 160,
        rejected: 30,
        salesQualified: 110,
        opportunities: 60,
        wins: 25,
        matureMqls: 200,
        matureSalesQualified: 90,
      }),
      month('2026-10', {
        mqls: 210,
        accepted: 150,
        rejected: 50,
        salesQualified: 70,
        opportunities: 20,
        wins: 4,
        matureMqls: 120,
        matureSalesQualified: 40,
      }),
    ],
    daily: { previous: [], current: [] },
    bands: [],
    answers: [],
    reps: [],
    channels: [],
    scoreVersion: null,
    settled: [],
    currentScores: [],
    channelNames: new Map([
      ['CH_1', 'Search'],
      ['CH_2', 'Social'],
    ]),
    ...changes,
  }
}

/** Settled leads given as groups of [score, leads, wins], spread evenly over time. */
export function settledGroups(
  groups: readonly (readonly [score: number, leads: number, wins: number])[],
  channelId: (index: number) => string | null = () => null,
): SettledLead[] {
  const all = groups.flatMap(([score, leads, wins]) =>
    Array.from({ length: leads }, (_, i) => ({
      score,
      // Spreads the wins of a group evenly among its leads.
      converted: Math.floor(((i + 1) * wins) / leads) > Math.floor((i * wins) / leads),
      at: (i + 0.5) / leads,
    })),
  )
  return all
    .toSorted((left, right) => left.at - right.at || right.score - left.score)
    .map(({ score, converted }, index) => ({ score, converted, channelId: channelId(index) }))
}
