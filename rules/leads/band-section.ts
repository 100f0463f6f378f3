import type { FactBook } from '../schema/fact-book.ts'
import type { Chart, Table } from '../schema/review.ts'
import { token } from '../schema/template.ts'
import { BAND_NAMES, judgeBands } from './band-order.ts'
import { leadFacts, orMissing } from './facts.ts'
import type { BandCounts, ColumnFill, LeadScoringContext, LeadScoringInput } from './input.ts'
import { ANSWERED, inBand, mqlsOf, reached } from './lead-rows.ts'
import type { ScoreBand } from './score-bands.ts'
import { isJudgeable, type ScoreQuality, type TooFewOutcomes } from './score-quality.ts'
import { column, factCell, findingOf, NOTHING_TO_SHOW, type Section } from './section.ts'

const LABELS: Readonly<Record<BandCounts['band'], string>> = {
  hql: 'Highly qualified',
  mql: 'Marketing qualified',
  mel: 'Marketing engaged',
  below: 'Below the bands',
  unscored: 'Without a score',
}

const NOT_SETTLED = 'too few settled leads to judge the score'

/** Enters MQL → SQL → opportunity → win by band, with the win rate of settled leads, and judges whether the bands still rise. */
export function bandSection(
  book: FactBook,
  {
    bands,
    filled,
    quality,
  }: Pick<LeadScoringInput, 'bands' | 'filled'> & {
    readonly quality: ScoreQuality | TooFewOutcomes
  },
  context: LeadScoringContext,
): Section {
  const { policy } = context
  if (bands.length === 0 && !isJudgeable(quality)) return NOTHING_TO_SHOW
  const settled = isJudgeable(quality) ? quality.bands : []
  const shown = linesOf(bands, settled)
  for (const line of shown) enterBand(book, line, { filled, context })
  const base = { tables: [bandTable(shown)], charts: [bandChart(shown)] }
  if (!isJudgeable(quality)) return { ...NOTHING_TO_SHOW, ...base }
  const decision = judgeBands(quality.bands, quality.bandTrend, policy)
  return {
    ...base,
    decisions: [decision],
    findings:
      decision.action === 'keep'
        ? []
        : [
            findingOf(decision, {
              severity: 'warning',
              title: 'The score bands no longer tell good leads from poor ones',
              detail:
                decision.reason === 'higher_band_converts_worse'
                  ? `A higher band wins less often than the one below it: ${rateList(shown)}.`
                  : `Win rates do not rise with the band: ${rateList(shown)}.`,
            }),
          ],
  }
}

interface BandLine {
  readonly band: BandCounts['band']
  readonly month: BandCounts | undefined
  readonly settled: ScoreBand | undefined
}

/** Best band first; a band without an MQL of the month and without settled leads is left out. */
function linesOf(bands: readonly BandCounts[], settled: readonly ScoreBand[]): BandLine[] {
  const names = [...BAND_NAMES.toReversed(), 'unscored' as const]
  return names
    .map((band) => ({
      band,
      month: bands.find((entry) => entry.band === band),
      settled: settled.find((entry) => BAND_NAMES[entry.band] === band && entry.leads > 0),
    }))
    .filter((line) => line.month !== undefined || line.settled !== undefined)
}

interface BandScope {
  readonly filled: ColumnFill
  readonly context: LeadScoringContext
}

function enterBand(book: FactBook, line: BandLine, scope: BandScope): void {
  enterSteps(book, line, scope)
  enterSettled(book, line)
}

function enterSteps(
  book: FactBook,
  { band, month }: BandLine,
  { filled, context }: BandScope,
): void {
  const { count, rate } = leadFacts(book)
  const id = `band.${band}`
  const name = LABELS[band]
  const of = month ?? EMPTY
  const mqls = [mqlsOf(context, context.month), inBand(band, context)]
  count(`${id}.mqls`, `${name}: MQLs of the month`, {
    value: of.mqls,
    of: { conditions: mqls },
  })
  const steps = [
    [
      'acceptance',
      'acceptance by sales',
      of.accepted,
      of.accepted + of.rejected,
      filled.feedback,
      [ANSWERED],
    ],
    ['sql_rate', 'MQL to SQL so far', of.salesQualified, of.mqls, filled.salesQualified, []],
    [
      'opportunity_rate',
      'SQL to opportunity so far',
      of.opportunities,
      of.salesQualified,
      Math.min(filled.salesQualified, filled.opportunity),
      [reached('salesQualified', context)],
    ],
    [
      'win_rate',
      'opportunity to win so far',
      of.wins,
      of.opportunities,
      // Where no opportunity is recorded, each win stands for its own: the rate would always be 100 %.
      Math.min(filled.opportunity, filled.won),
      [reached('opportunities', context)],
    ],
  ] as const
  for (const [key, label, top, bottom, recorded, further] of steps) {
    rate(`${id}.${key}`, `${name}: ${label}`, {
      top,
      bottom: recorded === 0 ? 0 : bottom,
      missing: recorded === 0 ? 'the leads do not record it' : 'no lead of the band got so far',
      of: { conditions: [...mqls, ...further] },
    })
  }
}

function enterSettled(book: FactBook, { band, settled }: BandLine): void {
  const { figure } = leadFacts(book)
  const id = `band.${band}`
  const name = LABELS[band]
  const rows = settled?.leads ?? 0
  figure(`${id}.settled_rate`, `${name}: win rate of settled leads`, {
    unit: 'rate',
    quantity: orMissing(settled?.rate, NOT_SETTLED),
    ...(settled === undefined ? {} : { numerator: settled.converted, denominator: rows }),
    rows,
  })
  for (const end of ['low', 'high'] as const) {
    figure(`${id}.settled_${end}`, `${name}: win rate, ${end} end (Wilson)`, {
      unit: 'rate',
      quantity: orMissing(settled?.interval?.[end], NOT_SETTLED),
      rows,
    })
  }
}

const EMPTY = {
  mqls: 0,
  accepted: 0,
  rejected: 0,
  salesQualified: 0,
  opportunities: 0,
  wins: 0,
}

function bandTable(lines: readonly BandLine[]): Table {
  const keys = [
    'mqls',
    'acceptance',
    'sql_rate',
    'opportunity_rate',
    'win_rate',
    'settled_rate',
    'settled_low',
    'settled_high',
  ]
  return {
    id: 'lead_scoring.bands',
    title: 'From MQL to win by score band',
    columns: [
      column('band', 'Band', false),
      column('mqls', 'MQLs'),
      column('acceptance', 'Accepted'),
      column('sql_rate', 'MQL to SQL'),
      column('opportunity_rate', 'SQL to opportunity'),
      column('win_rate', 'Opportunity to win'),
      column('settled_rate', 'Wins of settled leads'),
      column('settled_low', 'Low'),
      column('settled_high', 'High'),
    ],
    rows: lines.map(({ band }) => [
      { text: LABELS[band] },
      ...keys.map((key) => factCell(`lead_scoring.band.${band}.${key}`)),
    ]),
    note: 'Rates of the month count what happened so far; young MQLs can still move on. Settled leads are old enough for their outcome to be known.',
  }
}

function bandChart(lines: readonly BandLine[]): Chart {
  const rates = lines.filter((line) => line.settled !== undefined)
  return {
    id: 'lead_scoring.band_win_rate',
    title: 'Win rate of settled leads by band',
    kind: 'bar',
    categories: rates.map(({ band }) => LABELS[band]),
    series: [
      {
        name: 'Win rate',
        values: rates.map(({ band }) => `lead_scoring.band.${band}.settled_rate`),
      },
    ],
    summary: rates.length === 0 ? 'No band has settled leads yet.' : `${rateList(lines)}.`,
  }
}

function rateList(lines: readonly BandLine[]): string {
  return lines
    .filter((line) => line.settled !== undefined)
    .map(({ band }) => `${LABELS[band]} ${token(`lead_scoring.band.${band}.settled_rate`)}`)
    .join(', ')
}
