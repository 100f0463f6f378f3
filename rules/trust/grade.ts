import { compareRatio, exactRatio } from '../kernel/printed-decimal.ts'
import type { Trust } from '../policy/verdict.ts'
import type { LaterRows, SilentSet } from './silence.ts'

export const GRADES = ['A', 'B', 'C', 'D', 'E', 'F'] as const
export type Grade = (typeof GRADES)[number]

/** What the data gate knows before a stage has run. Money in minor units; null where one side was not measured. */
export interface TrustFacts {
  readonly datasets: readonly {
    readonly name: string
    readonly state: 'absent' | 'empty' | 'present' | 'unreadable'
    readonly rows: number
    readonly rejected: number
    /** Rejected rows that may be of the month, but exact copies; of any month before one is known. */
    readonly lost: number
    /** What most of its refused rows have in common; only its words, for whoever mends them. */
    readonly fault?: Readonly<Record<string, number | string>>
  }[]
  /** Data sets that record what happened and have a row at all, and those of them that say nothing of the month. Empty before a month is known. */
  readonly recording: readonly string[]
  readonly silent: readonly SilentSet[]
  /** Data sets with rows of the month that lie after the day the review speaks for. */
  readonly later: readonly LaterRows[]
  readonly ledgerMediaMinor: number | null
  readonly platformSpendMinor: number | null
}

/** Why a grade was lowered, or what else is to be known of the data; `steps` says by how many grades, 0 for what only tells. */
export interface TrustReason {
  readonly code:
    | 'no_data'
    | 'dataset_unreadable'
    | 'no_rows_in_month'
    | 'rows_rejected'
    | 'book_incomplete'
    | 'spend_untraceable'
    | 'rows_after_as_of'
  readonly subject: string
  readonly steps: number
  /** The quantities compared. */
  readonly compared: Readonly<Record<string, number | string>>
}

export interface TrustGrade {
  readonly grade: Grade
  readonly reasons: readonly TrustReason[]
}

const STEPS = {
  no_data: 5,
  dataset_unreadable: 2,
  no_rows_in_month: 1,
  rows_rejected: 1,
  book_incomplete: 1,
  spend_untraceable: 1,
  rows_after_as_of: 0,
} as const

/**
 * How far may this month's data be trusted?
 *
 * Starts at A and falls one grade for each data set with more rejected rows than the policy's share, and for each book of money that lost a
 * row of the month at all, because its totals then cannot be stated; one when more media spend than the
 * policy's share has no platform row, one for each data set without a row in the month that has rows in others, two for each data set that
 * could not be read at all, and to F when nothing was provided or nothing speaks of the month. A data set that is absent lowers nothing:
 * its figures are not measured and say so. Nor do rows of the month that lie after the day the review speaks for: they are counted and told.
 */
export function gradeTrust(facts: TrustFacts, policy: Trust): TrustGrade {
  const reasons: TrustReason[] = [
    ...noData(facts),
    ...unreadableSets(facts),
    ...silentMonth(facts),
    ...rejectedRows(facts, policy),
    ...incompleteBooks(facts, policy),
    ...untraceableSpend(facts, policy),
    ...laterRows(facts),
  ]
  const steps = reasons.reduce((sum, reason) => sum + reason.steps, 0)
  return { grade: GRADES[steps] ?? 'F', reasons }
}

/** True when `grade` is worse than `bound` (B is worse than A); what nobody graded is below nothing. */
export function isBelow(grade: Grade | null, bound: Grade): boolean {
  const ranks: readonly (Grade | null)[] = [null, ...GRADES]
  return ranks.indexOf(grade) > ranks.indexOf(bound)
}

function noData({ datasets }: TrustFacts): TrustReason[] {
  const readable = datasets.filter((dataset) => dataset.state === 'present')
  if (readable.length > 0) return []
  return [
    { code: 'no_data', subject: 'workspace', steps: STEPS.no_data, compared: { readable: 0 } },
  ]
}

function unreadableSets({ datasets }: TrustFacts): TrustReason[] {
  return datasets
    .filter((dataset) => dataset.state === 'unreadable')
    .map(({ name, fault }) => ({
      code: 'dataset_unreadable' as const,
      subject: name,
      steps: STEPS.dataset_unreadable,
      compared: { state: 'unreadable', ...fault },
    }))
}

/** When nothing that records what happened has a row in the month, there is no month to judge. */
function silentMonth({ recording, silent, later }: TrustFacts): TrustReason[] {
  const isMute = silent.length === recording.length
  // A set that speaks of later days of the month is no export that ended early.
  const isLater = new Set(later.map(({ name }) => name))
  return silent
    .filter(({ name }) => isMute || !isLater.has(name))
    .map(({ name, nearest }, index) => ({
      code: 'no_rows_in_month',
      subject: name,
      steps: isMute && index === 0 ? STEPS.no_data : STEPS.no_rows_in_month,
      compared: { rows: 0, nearestMonth: nearest },
    }))
}

function laterRows({ later }: TrustFacts): TrustReason[] {
  return later.map(({ name, rows }) => ({
    code: 'rows_after_as_of',
    subject: name,
    steps: STEPS.rows_after_as_of,
    compared: { rows },
  }))
}

type Dataset = TrustFacts['datasets'][number]

/** rejected ÷ (accepted + rejected), in rows. */
function hasManyRejected({ state, rows, rejected }: Dataset, policy: Trust): boolean {
  const bound = policy.max_rejected_row_share
  return state !== 'unreadable' && isAbove(rejected, rows + rejected, bound)
}

function rejectedRows({ datasets }: TrustFacts, policy: Trust): TrustReason[] {
  const bound = policy.max_rejected_row_share
  return datasets
    .filter((dataset) => hasManyRejected(dataset, policy))
    .map(({ name, rows, rejected, fault }) => ({
      code: 'rows_rejected' as const,
      subject: name,
      steps: STEPS.rows_rejected,
      compared: { rejected, rows: rows + rejected, maxRejectedRowShare: bound, ...fault },
    }))
}

/** Data sets whose sums are not stated for a month that lost a row of them. */
const BOOKS: ReadonlySet<string> = new Set([
  'ad_performance',
  'cost_ledger',
  'value_ledger',
  'deals',
])

/** A book that lost few rows of the month; one that lost many is told for that. */
function incompleteBooks({ datasets }: TrustFacts, policy: Trust): TrustReason[] {
  return datasets
    .filter(
      (dataset) =>
        BOOKS.has(dataset.name) &&
        dataset.state !== 'unreadable' &&
        dataset.lost > 0 &&
        !hasManyRejected(dataset, policy),
    )
    .map(({ name, lost, fault }) => ({
      code: 'book_incomplete' as const,
      subject: name,
      steps: STEPS.book_incomplete,
      compared: { lost, ...fault },
    }))
}

/** (ledger − platforms) ÷ ledger, of media spend; platforms above the ledger leave nothing untraceable. */
function untraceableSpend(
  { ledgerMediaMinor, platformSpendMinor }: TrustFacts,
  policy: Trust,
): TrustReason[] {
  if (ledgerMediaMinor === null || platformSpendMinor === null) return []
  const untraceableMinor = ledgerMediaMinor - platformSpendMinor
  const bound = policy.max_untraceable_spend_share
  if (!isAbove(untraceableMinor, ledgerMediaMinor, bound)) return []
  return [
    {
      code: 'spend_untraceable',
      subject: 'media spend',
      steps: STEPS.spend_untraceable,
      compared: { untraceableMinor, ledgerMediaMinor, maxUntraceableSpendShare: bound },
    },
  ]
}

/** Is a share of something above a bound as printed? Of nothing there is no share. */
function isAbove(part: number, whole: number, bound: number): boolean {
  return whole > 0 && compareRatio(exactRatio(part, whole), bound) > 0
}
