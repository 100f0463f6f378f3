import type { Cell as TableCell, Chart, Table } from '../schema/review.ts'
import { token } from '../schema/template.ts'
import type { CellStatus } from './cell-steps.ts'
import type { JudgedClaim } from './claimed-drop-offs.ts'
import { factPrefix, gapPrefix } from './names.ts'
import { peopleTables } from './people-tables.ts'
import type { FunnelState } from './review-state.ts'

type Row = Table['rows'][number]

/** Tables of steps, cells, persons and claims; a table without rows is left out. */
export function funnelTables(state: FunnelState): Table[] {
  return [
    stepTable(state),
    cellTable(state),
    peopleTable(state),
    velocityTable(state),
    ...peopleTables(state),
    claimTable(state),
  ].filter((table) => table.rows.length > 0)
}

/** People at each stage; null where no row counts the stage. */
export function stageChart({ stages, names }: FunnelState): Chart[] {
  if (stages.every(({ now }) => now === null)) return []
  const ids = stages.map(({ stage }) => `${factPrefix.stage(stage)}.count`)
  return [
    {
      id: 'funnel.stages',
      title: 'People at each stage',
      kind: 'funnel',
      categories: stages.map(({ stage }) => names.stage(stage)),
      series: [
        {
          name: 'This month',
          values: stages.map(({ now }, index) => (now === null ? null : (ids[index] ?? null))),
        },
      ],
      summary: `${stages.map(({ stage }, index) => `${names.stage(stage)} ${token(ids[index] ?? '')}`).join(', ')}. Campaigns lead through different stages, so a stage is no share of the one above it.`,
    },
  ]
}

const text = (value: string): TableCell => ({ text: value })
const fact = (id: string): TableCell => ({ fact: id })

function column(key: string, label: string, numeric = true): Table['columns'][number] {
  return { key, label, numeric }
}

function stepTable({ totals, names, context }: FunnelState): Table {
  const hasTargets = totals.some(
    ({ id }) => context.policy.funnel.target_conversion[id] !== undefined,
  )
  return {
    id: 'funnel.steps',
    title: 'Steps over all cells',
    columns: [
      column('step', 'Step', false),
      column('entered', 'Before'),
      column('reached', 'After'),
      column('rate', 'Conversion'),
      column('prior', 'Month before'),
      column('change', 'Change'),
      ...(hasTargets ? [column('target', 'Target')] : []),
    ],
    rows: totals.map((total): Row => {
      const prefix = factPrefix.step(total)
      const hasTarget = context.policy.funnel.target_conversion[total.id] !== undefined
      return [
        text(names.step(total)),
        ...['entered', 'reached', 'rate', 'prior_rate', 'change'].map((part) =>
          fact(`${prefix}.${part}`),
        ),
        ...(hasTargets ? [hasTarget ? fact(`${prefix}.target`) : text('none')] : []),
      ]
    }),
  }
}

const CHIP: Readonly<Record<CellStatus, { chip: 'ok' | 'watch' | 'bad' | 'info'; text: string }>> =
  {
    broken: { chip: 'bad', text: 'broken' },
    more_than_before: { chip: 'bad', text: 'more than before' },
    far_below: { chip: 'bad', text: 'far below other cells' },
    missing: { chip: 'info', text: 'missing, not zero' },
    missing_before: { chip: 'info', text: 'stage before missing' },
    not_enough_traffic: { chip: 'watch', text: 'zero, not enough traffic' },
    untested: { chip: 'watch', text: 'zero, nothing to compare' },
    no_traffic: { chip: 'info', text: 'no traffic' },
    ok: { chip: 'ok', text: 'ok' },
  }

function cellTable(state: FunnelState): Table {
  return {
    id: 'funnel.cells',
    title: 'Steps by segment, channel and campaign',
    columns: [
      column('cell', 'Channel · segment · campaign', false),
      column('step', 'Step', false),
      column('entered', 'Before'),
      column('reached', 'After'),
      column('rate', 'Conversion'),
      column('prior', 'Month before'),
      column('status', 'Status', false),
    ],
    rows: state.shown.map((step): Row => {
      const prefix = factPrefix.cell(step)
      return [
        text(state.names.cell(step.cell)),
        text(state.names.step(step)),
        ...['entered', 'reached', 'rate', 'prior_rate'].map((part) => fact(`${prefix}.${part}`)),
        CHIP[step.status],
      ]
    }),
    ...(state.shown.length < state.steps.length
      ? {
          note: `The gravest are shown. Over all cells ${token('funnel.steps.ok')} steps are ok, ${token('funnel.steps.broken')} broken, ${token('funnel.steps.missing')} missing.`,
        }
      : {}),
  }
}

function peopleTable({ motions, names }: FunnelState): Table {
  const parts = ['entered', 'rate_so_far', 'matured_rate', 'curve_rate', 'open', 'typical_days']
  return {
    id: 'funnel.people',
    title: 'Persons who entered this month, followed to the goal',
    columns: [
      column('motion', 'Motion', false),
      column('month', 'Month', false),
      column('entered', 'Entered'),
      column('rate', 'So far'),
      column('matured', 'Matured'),
      column('curve', 'By the end of the window'),
      column('open', 'Still open'),
      column('typical', 'Half of them after'),
    ],
    rows: motions.flatMap(({ people }): Row[] => {
      const prefix = factPrefix.motion(people.motion.id)
      const name = names.stage(people.motion.id)
      return [
        [text(name), text('this month'), ...parts.map((part) => fact(`${prefix}.${part}`))],
        [
          text(name),
          text('month before'),
          ...parts.map((part) => fact(`${prefix}.prior_month.${part}`)),
        ],
      ]
    }),
  }
}

function velocityTable({ motions, names }: FunnelState): Table {
  const parts = ['typical_days', 'median_days', 'p90_days', 'prior_month.typical_days', 'pace_p']
  return {
    id: 'funnel.velocity',
    title: 'How long each step takes',
    columns: [
      column('motion', 'Motion', false),
      column('step', 'Step', false),
      column('typical', 'Half of those who go on'),
      column('median', 'Half of all'),
      column('p90', 'Nine in ten of all'),
      column('prior', 'Half of those who go on, month before'),
      column('p', 'Chance of such a change'),
    ],
    rows: motions.flatMap(({ people, gaps }) =>
      gaps.map((gap): Row => {
        const prefix = gapPrefix(factPrefix.motion(people.motion.id), gap)
        return [
          text(names.stage(people.motion.id)),
          text(names.step(gap)),
          ...parts.map((part) => fact(`${prefix}.${part}`)),
        ]
      }),
    ),
  }
}

const VERDICT: Readonly<Record<JudgedClaim['verdict'], TableCell>> = {
  missing_not_zero: { chip: 'bad', text: 'missing, not zero' },
  true_zero: { chip: 'ok', text: 'true zero' },
  not_zero: { chip: 'bad', text: 'people got there' },
  no_traffic: { chip: 'bad', text: 'nobody before it' },
  no_such_cell: { chip: 'bad', text: 'nothing counted' },
}

function claimTable({ claims, names }: FunnelState): Table {
  return {
    id: 'funnel.claims',
    title: 'Published drop-offs against the data',
    columns: [
      column('cell', 'Cell', false),
      column('stage', 'Said to be empty', false),
      column('motion', 'Part of the motion', false),
      column('verdict', 'What the data says', false),
    ],
    rows: claims.map(({ claim, verdict, inMotion }): Row => [
      text(names.cell(claim)),
      text(names.stage(claim.stage)),
      text(inMotion ? 'yes' : 'no'),
      VERDICT[verdict],
    ]),
  }
}
