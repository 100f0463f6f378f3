import { createCohortTally } from '#rules/funnel/cohort.ts'
import type { FunnelContext, FunnelInput } from '#rules/funnel/input.ts'
import type { PeriodPeople } from '#rules/funnel/people.ts'

import { BEFORE, contextWith, count, facts, REFERENCE } from './inputs.ts'

const STAGES = ['visit', 'signup', 'won']
const MOTION = { id: 'trial', stages: STAGES, from: 'policy' } as const

function period(persons: readonly number[], elapsedDays: number): PeriodPeople {
  const [entered = 0, signups = 0, wins = 0] = persons
  const cohort = (people: number, converted: number, day: number) => {
    const tally = createCohortTally(30)
    for (let person = 0; person < people; person++) {
      tally.enter({
        elapsedDays,
        convertedAfterDays: person < converted ? day + (person % 3) : null,
      })
    }
    return tally.finish()
  }
  const funnel = {
    steps: STAGES.map((stage, step) => ({
      stage,
      persons: persons[step] ?? 0,
      fromPrevious: null,
      fromFirst: null,
      meanMs: null,
      medianMs: null,
    })),
    totalMeanMs: null,
    totalMedianMs: null,
    excluded: 0,
  }
  return {
    funnel,
    byLabel: new Map([
      [0, funnel],
      [
        1,
        {
          ...funnel,
          steps: funnel.steps.map((step, index) => ({ ...step, persons: index === 0 ? 700 : 0 })),
        },
      ],
    ]),
    cohort: cohort(entered, wins, 6),
    gaps: [cohort(entered, signups, 2), cohort(signups, wins, 4)],
    habits: [],
  }
}

/** Inputs whose whole review is kept, by name. */
export const GOLDEN_INPUTS: Readonly<Record<string, readonly [FunnelInput, FunnelContext]>> = {
  'reference-company': [REFERENCE, contextWith()],
  'persons-young-and-worse': [
    facts({
      people: {
        motions: [
          {
            motion: MOTION,
            current: period([900, 90, 9], 12),
            before: period([1000, 300, 120], 45),
            weeks: [],
            wholeWindow: null,
          },
        ],
        cellKeys: [
          { campaignId: 'P', segmentId: 'S', channelId: 'C' },
          { campaignId: null, segmentId: null, channelId: 'D' },
        ],
        events: new Map([
          ['visit', 1600],
          ['page_view', 30],
        ]),
      },
      presence: { funnel_counts: 'absent', funnel_events: 'present' },
    }),
    contextWith({ target_conversion: { 'visit>signup': 0.2 } }, { lifecycle_stages: STAGES }),
  ],
  'counts-with-every-status': [
    facts({
      counts: [
        count('S1 C P', 'visit', 1000),
        count('S1 C P', 'signup', 100),
        count('S2 C P', 'visit', 800),
        count('S2 C P', 'signup', 0),
        count('S3 C P', 'visit', 20),
        count('S3 C P', 'signup', 0),
        count('S4 C P', 'visit', 50),
        count('S4 C P', 'signup', 60),
        count('S5 C P', 'visit', 500),
        count('S6 C P', 'signup', 5),
        count('S7 C P', 'visit', 0),
        count('S7 C P', 'signup', 0),
        count('S8 C P', 'visit', 900, { source: 'web', sharedDays: 3 }),
        count('S8 C P', 'visit', 870, { source: 'app', sharedDays: 3 }),
        count('S8 C P', 'signup', 95),
        count('S9 C P', 'visit', 700),
        count('S9 C P', 'signup', 71),
        count('S1 C P', 'zebra', 3),
        count('S1 C P', 'visit', 1000, { month: BEFORE }),
        count('S1 C P', 'signup', 180, { month: BEFORE }),
      ],
      claims: [
        { segmentId: 'S2', channelId: 'C', campaignId: 'P', fromStage: 'visit', stage: 'signup' },
        { segmentId: 'S5', channelId: 'C', campaignId: null, fromStage: 'visit', stage: 'signup' },
        { segmentId: 'S1', channelId: 'C', campaignId: null, fromStage: null, stage: 'signup' },
        { segmentId: 'S7', channelId: 'C', campaignId: 'P', fromStage: 'visit', stage: 'signup' },
        { segmentId: 'S0', channelId: 'C', campaignId: null, fromStage: null, stage: 'signup' },
      ],
    }),
    contextWith({
      target_conversion: { 'visit>signup': 0.1 },
      source_order: ['web'],
      floor_conversion: 0.02,
    }),
  ],
}
