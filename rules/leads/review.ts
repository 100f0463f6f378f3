import { notMeasured, unreadable } from '../kernel/quantity.ts'
import { createFactBook, type FactBook } from '../schema/fact-book.ts'
import type { Decision, StageResult } from '../schema/review.ts'
import { bandSection } from './band-section.ts'
import { channelSection } from './channel-section.ts'
import { leadFacts } from './facts.ts'
import { feedbackSection } from './feedback-section.ts'
import type { LeadScoringContext, LeadScoringInput } from './input.ts'
import { modelSection } from './model-section.ts'
import { monthSection } from './month-section.ts'
import { isJudgeable, measureScoreQuality } from './score-quality.ts'
import { NOTHING_TO_SHOW, type Section } from './section.ts'
import { absentSummary, leadScoringSummary } from './summary.ts'
import { thresholdSection } from './threshold-section.ts'

/**
 * Does marketing hand sales enough good leads, and can the score that picks them be trusted?
 *
 * MQL volume, acceptance and MQL → SQL against target and the month before; the way from MQL to win by band; the score's ranking and claims on
 * settled leads; what sales answered; and the adjustments that follow.
 *
 * @param input Counts and settled leads, parsed where they were read.
 */
export function reviewLeadScoring(
  input: LeadScoringInput,
  context: LeadScoringContext,
): StageResult {
  if (input.presence !== 'present' || input.filled.leads === 0) return nothingToReview(input)
  const book = createFactBook()
  const sections = [
    monthSection(book, input, context),
    ...scoreSections(book, input, context),
    feedbackSection(book, input, context),
  ]
  const decisions = sections.flatMap((section) => section.decisions)
  return {
    stage: 'lead_scoring',
    status: stageStatus(input, decisions),
    facts: book.list(),
    decisions,
    findings: sections.flatMap((section) => section.findings),
    tables: sections.flatMap((section) => section.tables),
    charts: sections.flatMap((section) => section.charts),
    summary: leadScoringSummary(input, decisions),
  }
}

/** A leaky or spent score is not tuned: thresholds and points then wait for the new model. */
const TUNABLE: readonly string[] = ['OK', 'RECALIBRATE']

function scoreSections(
  book: FactBook,
  input: LeadScoringInput,
  context: LeadScoringContext,
): Section[] {
  const { filled, settled } = input
  if (filled.score === 0 || filled.won === 0) {
    const quality = { settled: 0, wins: 0 }
    return [bandSection(book, { ...input, quality }, context), missingScore(book, input)]
  }
  const { leads } = context.policy
  const quality = measureScoreQuality(settled, input.currentScores, leads)
  const model = modelSection(book, { quality, scoreVersion: input.scoreVersion }, context)
  const bands = bandSection(book, { ...input, quality }, context)
  const verdict = model.decisions[0]?.action ?? ''
  return isJudgeable(quality) && TUNABLE.includes(verdict)
    ? [
        bands,
        model,
        thresholdSection(book, settled, context),
        channelSection(book, quality, { context, input }),
      ]
    : [bands, model]
}

function missingScore(book: FactBook, { filled }: LeadScoringInput): Section {
  const noScore = filled.score === 0
  leadFacts(book).figure('model.auc', 'Area under the ROC curve', {
    unit: 'number',
    quantity: notMeasured(noScore ? 'no lead carries a score' : 'no lead has a date of winning'),
    rows: 0,
  })
  return {
    ...NOTHING_TO_SHOW,
    findings: [
      {
        id: 'finding.lead_scoring.no_score',
        ruleId: 'lead_scoring.model',
        severity: 'info',
        subject: 'score:leads',
        title: noScore ? 'No lead carries a score' : 'No lead has a date of winning',
        detail: noScore
          ? 'Without the column score nothing can be said of the score.'
          : 'Without the column won_at a score cannot be held against outcomes.',
      },
    ],
  }
}

function stageStatus(
  { filled }: LeadScoringInput,
  decisions: readonly Decision[],
): StageResult['status'] {
  const verdict = decisions.find((decision) => decision.id === 'lead_scoring.model')?.action
  const judged = verdict !== undefined && verdict !== 'INSUFFICIENT_OUTCOMES'
  return judged && filled.mql > 0 && filled.feedback > 0 ? 'assessed' : 'partial'
}

function nothingToReview({ presence }: LeadScoringInput): StageResult {
  const book = createFactBook()
  const { figure } = leadFacts(book)
  const figures = [
    ['month.mqls', 'MQLs of the month', 'count'],
    ['month.acceptance', 'Acceptance by sales, the month', 'rate'],
    ['month.sales_qualification', 'MQL to SQL, the month', 'rate'],
    ['model.auc', 'Area under the ROC curve', 'number'],
  ] as const
  const reason = presence === 'unreadable' ? 'leads could not be read' : 'there are no leads'
  const quantity = presence === 'unreadable' ? unreadable(reason) : notMeasured(reason)
  for (const [id, label, unit] of figures) figure(id, label, { unit, quantity, rows: 0 })
  return {
    stage: 'lead_scoring',
    status: 'not_measured',
    facts: book.list(),
    decisions: [],
    findings: [],
    tables: [],
    charts: [],
    summary: absentSummary(presence),
  }
}
