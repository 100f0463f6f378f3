import type { Cell, Table } from '../schema/review.ts'
import { detailPrefix, shownHabits, waitClasses } from './people-detail.ts'
import type { FunnelState } from './review-state.ts'
import { wholeWindowPrefix } from './whole-window-facts.ts'

type Row = Table['rows'][number]

const text = (value: string): Cell => ({ text: value })
const fact = (id: string): Cell => ({ fact: id })

const GOES_WITH = {
  completing: { chip: 'ok', text: 'goes with the goal' },
  dropping_off: { chip: 'watch', text: 'goes with dropping off' },
  not_told_apart: { chip: 'info', text: 'not told apart' },
} as const

/** Tables of what persons did week by week, how long they took, and what else they did. */
export function peopleTables(state: FunnelState): Table[] {
  return [wholeWindowTable(state), weekTable(state), waitTable(state), habitTable(state)]
}

function wholeWindowTable({ motions, names }: FunnelState): Table {
  const parts = ['from_on', 'to_on', 'entered', 'rate', 'rate_low', 'rate_high']
  const sinceParts = ['since_entered', 'curve_rate', 'since_open']
  return {
    id: 'funnel.whole_window',
    title: 'The newest who had the whole window, beside all who entered since',
    columns: [
      { key: 'motion', label: 'Motion', numeric: false },
      { key: 'from', label: 'Entered from', numeric: true },
      { key: 'to', label: 'To', numeric: true },
      { key: 'entered', label: 'Entered', numeric: true },
      { key: 'rate', label: 'At the goal', numeric: true },
      { key: 'low', label: 'At least', numeric: true },
      { key: 'high', label: 'At most', numeric: true },
      { key: 'since', label: 'Entered since the first day', numeric: true },
      { key: 'curve', label: 'Of these by the end of the window', numeric: true },
      { key: 'open', label: 'Still open', numeric: true },
    ],
    rows: motions.flatMap(({ people }): Row[] => {
      if (people.wholeWindow === null) return []
      const prefix = wholeWindowPrefix(people.motion.id)
      return [
        [
          text(names.stage(people.motion.id)),
          ...[...parts, ...sinceParts].map((part) => fact(`${prefix}.${part}`)),
        ],
      ]
    }),
    note: 'The month’s own conversion is not known before its persons had the whole window. The last columns follow everybody who entered since the first of these days, each as long as watched.',
  }
}

function weekTable({ motions, names }: FunnelState): Table {
  return {
    id: 'funnel.weeks',
    title: 'Entries week by week, counted back from the review',
    columns: [
      { key: 'motion', label: 'Motion', numeric: false },
      { key: 'back', label: 'Weeks back', numeric: true },
      { key: 'entered', label: 'Entered', numeric: true },
      { key: 'rate', label: 'At the goal within the window', numeric: true },
    ],
    rows: motions.flatMap(({ people }) =>
      people.weeks.map((week): Row => {
        const prefix = detailPrefix.week(people.motion.id, week)
        return [
          text(names.stage(people.motion.id)),
          fact(`${prefix}.back`),
          fact(`${prefix}.entered`),
          fact(`${prefix}.rate`),
        ]
      }),
    ),
  }
}

function waitTable({ motions, names }: FunnelState): Table {
  return {
    id: 'funnel.waits',
    title: 'How long those took who reached the goal',
    columns: [
      { key: 'motion', label: 'Motion', numeric: false },
      { key: 'from', label: 'From, days', numeric: true },
      { key: 'persons', label: 'Persons', numeric: true },
    ],
    rows: motions.flatMap(({ people }) =>
      waitClasses(people.current.cohort).map((_class, index): Row => {
        const prefix = detailPrefix.wait(people.motion.id, index)
        return [
          text(names.stage(people.motion.id)),
          fact(`${prefix}.from_days`),
          fact(`${prefix}.persons`),
        ]
      }),
    ),
  }
}

function habitTable({ motions, names }: FunnelState): Table {
  return {
    id: 'funnel.habits',
    title: 'What else they did, and whether it goes with the goal',
    columns: [
      { key: 'motion', label: 'Motion', numeric: false },
      { key: 'habit', label: 'Came by', numeric: false },
      { key: 'with', label: 'Of those at the goal', numeric: true },
      { key: 'without', label: 'Of the others', numeric: true },
      { key: 'odds', label: 'Odds ratio', numeric: true },
      { key: 'p', label: 'p, adjusted', numeric: true },
      { key: 'verdict', label: 'Verdict', numeric: false },
    ],
    rows: motions.flatMap((judged) =>
      shownHabits(judged).map((habit): Row => {
        const { id } = judged.people.motion
        const prefix = detailPrefix.habit(id, habit.stage)
        return [
          text(names.stage(id)),
          text(names.stage(habit.stage)),
          ...['with_goal', 'without_goal', 'odds_ratio', 'p'].map((part) =>
            fact(`${prefix}.${part}`),
          ),
          GOES_WITH[habit.goesWith],
        ]
      }),
    ),
    note: 'Only persons whose window is over. It is correlation: nobody was assigned a habit, so it may be a test worth running, not a cause.',
  }
}
