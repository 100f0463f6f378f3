import writeExcelFile from 'write-excel-file/node'

import { minorPerMajor } from '#rules/kernel/currency.ts'
import type { ReviewDocument } from '#rules/schema/document.ts'
import type { Evidence, Fact } from '#rules/schema/review.ts'

import { asDecided } from './as-decided.ts'
import { formatFact } from './format.ts'
import { VERDICT_WORDS } from './titles.ts'
import { monthName, moveReason, spoken } from './words.ts'

/** A number that is shown in a format of its own. */
interface Figure {
  readonly number: number
  readonly format: string
}
type Value = string | number | Figure | null
interface Sheet {
  readonly name: string
  readonly columns: readonly (readonly [title: string, width: number])[]
  readonly rows: readonly (readonly Value[])[]
}

/**
 * The review as a workbook for those who calculate on: what was decided, and every fact as a number with its condition, formula and source.
 * A missing figure is an empty cell beside its reason, never a zero. Texts are written as texts, so no cell becomes a formula.
 */
export async function renderWorkbook(kept: ReviewDocument): Promise<Uint8Array> {
  const document = asDecided(kept)
  const sheets = [
    summarySheet(document),
    targetSheet(document),
    actionSheet(document),
    moveSheet(document),
    decisionSheet(document),
    factSheet(document),
    inputSheet(document),
  ]
  return writeExcelFile(
    sheets.map(({ name, columns, rows }) => ({
      sheet: name,
      columns: columns.map(([, width]) => ({ width })),
      stickyRowsCount: 1,
      data: [
        columns.map(([value]) => ({ value, type: String, fontWeight: 'bold' as const })),
        ...rows.map((row) => row.map(cellOf)),
      ],
    })),
  ).toBuffer()
}

function cellOf(value: Value) {
  if (value === null) return null
  if (typeof value === 'object') {
    return { value: value.number, type: Number, format: value.format, align: 'left' as const }
  }
  return typeof value === 'number' ? { value, type: Number } : { value, type: String }
}

function summarySheet(document: ReviewDocument): Sheet {
  const figure = (id: string): Value => {
    const fact = document.facts[`campaign_roi.total.${id}`]
    return fact === undefined ? 'not measured' : figureOf(fact)
  }
  return {
    name: 'Summary',
    columns: [
      ['What', 24],
      ['Value', 90],
    ],
    rows: [
      ['Company', document.company],
      ['Month', monthName(document.month)],
      ['Review', document.reviewId],
      ['As of', document.asOf],
      ['Status', `${spoken(document.status)}${document.interim ? ' (interim)' : ''}`],
      ['Verdict', VERDICT_WORDS[document.health.verdict]],
      ...document.health.reasons.map((reason): Value[] => ['Reason', reason.text]),
      ['Full cost', figure('cost')],
      ['Value', figure('value')],
      ['Net', figure('net')],
      ['ROI', figure('roi')],
      ['Data grade', document.trust.grade],
      ['Policy', document.policy.version],
      ['Decisions sha256', document.decisionsSha256],
    ],
  }
}

function targetSheet({ targets }: ReviewDocument): Sheet {
  return {
    name: 'Targets',
    columns: [
      ['Target', 40],
      ['Asked', 16],
      ['Actual', 16],
      ['Status', 16],
    ],
    rows: targets.map(({ label, target, actual, status }) => [
      label,
      target,
      actual,
      spoken(status),
    ]),
  }
}

function actionSheet({ actions }: ReviewDocument): Sheet {
  return {
    name: 'Actions',
    columns: [
      ['Rank', 6],
      ['Action', 70],
      ['Owner', 26],
      ['Due', 12],
      ['Impact, low', 14],
      ['Impact, mid', 14],
      ['Impact, high', 14],
      ['Currency', 10],
      ['Why not measured', 50],
    ],
    rows: actions.map(
      ({ rank, title, owner, due, expectedImpact: impact, impactNotMeasured: why }) => [
        rank,
        title,
        owner,
        due,
        ...(impact === null
          ? [null, null, null, null]
          : [major(impact.low), major(impact.mid), major(impact.high), impact.mid.currency]),
        why,
      ],
    ),
  }
}

function moveSheet({ budget }: ReviewDocument): Sheet {
  return {
    name: 'Moves',
    columns: [
      ['From', 44],
      ['To', 44],
      ['Amount', 14],
      ['Currency', 10],
      ['Reason', 20],
      ['Tier', 10],
      ['Approval', 16],
      ['Concerns', 60],
    ],
    rows: budget.moves.map((move) => {
      const approval = budget.approvals.find((each) => each.moveId === move.id)
      return [
        move.fromName,
        move.toName,
        major(move.amount),
        move.amount.currency,
        moveReason(move),
        approval?.tier ?? null,
        approval?.status ?? 'none needed',
        move.concerns.map(spoken).join(', '),
      ]
    }),
  }
}

function decisionSheet({ decisions }: ReviewDocument): Sheet {
  return {
    name: 'Decisions',
    columns: [
      ['Id', 48],
      ['Stage', 16],
      ['Subject', 44],
      ['Call', 18],
      ['Reason', 30],
      ['Rule', 28],
      ['Policy', 12],
      ['Compared', 90],
    ],
    rows: decisions.map((decision) => [
      decision.id,
      decision.stage,
      decision.subjectName,
      spoken(decision.action),
      spoken(decision.reason),
      decision.ruleId,
      decision.policyVersion,
      comparedText(decision.evidence),
    ]),
  }
}

/** As much as a cell of a spreadsheet holds. */
const CELL_MAX = 32_767

/** What was compared; where a cell does not hold all of it, how long each list is that review.json has. */
function comparedText(evidence: Evidence): string {
  const whole = JSON.stringify(evidence)
  if (whole.length <= CELL_MAX) return whole
  const shortened = Object.entries(evidence).map(([name, value]) => [
    name,
    Array.isArray(value) ? `${value.length} entries, in review.json` : value,
  ])
  return JSON.stringify(Object.fromEntries(shortened)).slice(0, CELL_MAX)
}

function factSheet({ facts }: ReviewDocument): Sheet {
  return {
    name: 'Facts',
    columns: [
      ['Id', 48],
      ['Figure', 60],
      ['Condition', 14],
      ['Value', 16],
      ['Unit', 12],
      ['As printed', 18],
      ['Why missing', 40],
      ['Formula', 50],
      ['Source', 60],
    ],
    rows: Object.values(facts).map((fact) => [
      fact.id,
      fact.label,
      spoken(fact.status),
      plainValue(fact),
      typeof fact.value === 'object' && fact.value !== null ? fact.value.currency : fact.unit,
      formatFact(fact),
      fact.reason ?? null,
      fact.formula ?? null,
      fact.source.map(({ dataset, rows }) => `${dataset}: ${rows} rows`).join('; '),
    ]),
  }
}

function inputSheet({ inputs }: ReviewDocument): Sheet {
  return {
    name: 'Inputs',
    columns: [
      ['Data set', 24],
      ['State', 14],
      ['Rows', 12],
      ['Rejected', 12],
      ['sha256', 68],
    ],
    rows: inputs.map(({ dataset, state, rows, rejected, sha256 }) => [
      dataset,
      state,
      rows,
      rejected,
      sha256,
    ]),
  }
}

/** A fact to calculate with, shown as it is printed elsewhere; the words for a missing one. */
function figureOf(fact: Fact): Value {
  const { value } = fact
  if (typeof value === 'number') return { number: value, format: '+0.0%;-0.0%;0.0%' }
  if (value === null || typeof value === 'string') return formatFact(fact)
  const decimals = String(minorPerMajor(value.currency)).length - 1
  const places = decimals === 0 ? '' : `.${'0'.repeat(decimals)}`
  return { number: major(value), format: `"${value.currency}" #,##0${places}` }
}

function plainValue({ value }: Fact): Value {
  return typeof value === 'object' && value !== null ? major(value) : value
}

/** An amount in whole currency units, as spreadsheets have it. */
function major({ currency, minor }: { readonly currency: string; readonly minor: number }): number {
  return minor / minorPerMajor(currency)
}
