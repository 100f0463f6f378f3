import { addMonths } from '../kernel/calendar.ts'
import { measured } from '../kernel/quantity.ts'
import { distinctPart } from '../kernel/text-id.ts'
import type { FactBook } from '../schema/fact-book.ts'
import type { Decision, Finding, Table } from '../schema/review.ts'
import { literal, token } from '../schema/template.ts'
import { leadFacts, leadSource, orMissing } from './facts.ts'
import type { LeadScoringContext, LeadScoringInput } from './input.ts'
import { ANSWERED, mqlsOf } from './lead-rows.ts'
import { judgeReasons, readReasons, type ReasonLine, type ReasonReading } from './reasons.ts'
import { judgeReps, readReps, type RepReading } from './reps.ts'
import { column, factCell, findingOf, NOTHING_TO_SHOW, type Section } from './section.ts'

const ROWS_SHOWN = 6

/** Enters what sales answered, month against month and rep by rep. */
export function feedbackSection(
  book: FactBook,
  input: LeadScoringInput,
  context: LeadScoringContext,
): Section {
  const reasons = reasonSection(book, input, context)
  const reps = repSection(book, input, context)
  return {
    decisions: [...reasons.decisions, ...reps.decisions],
    findings: [...reasons.findings, ...reps.findings],
    tables: [...reasons.tables, ...reps.tables],
    charts: [],
  }
}

function reasonSection(
  book: FactBook,
  { answers }: LeadScoringInput,
  context: LeadScoringContext,
): Section {
  const { month, policy } = context
  const reading = readReasons(answers, { month, previousMonth: addMonths(month, -1) }, policy.leads)
  const shown = reading.lines.slice(0, ROWS_SHOWN)
  if (shown.length === 0) return NOTHING_TO_SHOW
  for (const line of shown) enterReason(book, line, { reading, context })
  const decisions = judgeReasons(reading, policy.leads, policy.version)
  return {
    ...NOTHING_TO_SHOW,
    decisions,
    findings: decisions
      .filter(({ subjectName }) => shown.some((line) => line.answer === subjectName))
      .map(reasonFinding),
    tables: [reasonTable(shown, month)],
  }
}

function enterReason(
  book: FactBook,
  line: ReasonLine,
  { reading, context }: { readonly reading: ReasonReading; readonly context: LeadScoringContext },
): void {
  const { previousAnswers, currentAnswers } = reading
  const now = { conditions: [mqlsOf(context, context.month), ANSWERED] }
  const before = { conditions: [mqlsOf(context, addMonths(context.month, -1)), ANSWERED] }
  const { rate, figure } = leadFacts(book)
  const id = `reason.${distinctPart(line.answer)}`
  rate(`${id}.share`, 'Share of the answers of the month', {
    top: line.current,
    bottom: currentAnswers,
    missing: 'sales gave no answer in the month',
    of: now,
  })
  rate(`${id}.previous`, 'Share of the answers of the month before', {
    top: line.previous,
    bottom: previousAnswers,
    missing: 'sales gave no answer in the month before',
    of: before,
  })
  figure(`${id}.residual`, 'Adjusted residual', {
    unit: 'number',
    quantity: orMissing(line.adjustedResidual, 'too few answers in a month to compare'),
    formula: '(answers − expected) ÷ standard error',
    rows: currentAnswers + previousAnswers,
    source: [leadSource(currentAnswers, now), leadSource(previousAnswers, before)],
  })
}

function reasonTable(lines: readonly ReasonLine[], month: string): Table {
  return {
    id: 'lead_scoring.reasons',
    title: 'What sales answered',
    columns: [
      column('answer', 'Answer', false),
      column('share', month),
      column('previous', addMonths(month, -1)),
      column('residual', 'Adjusted residual'),
    ],
    rows: lines.map(({ answer }) => [
      { text: literal(answer) },
      ...['share', 'previous', 'residual'].map((key) =>
        factCell(`lead_scoring.reason.${distinctPart(answer)}.${key}`),
      ),
    ]),
    note: 'A residual beyond two in size is a change that chance seldom makes.',
  }
}

function reasonFinding(decision: Decision): Finding {
  const id = `lead_scoring.reason.${distinctPart(decision.subjectName)}`
  return findingOf(decision, {
    severity: 'warning',
    title: `Sales rejects more MQLs as ${literal(decision.subjectName)}`,
    detail: `The share of answers rose from ${token(`${id}.previous`)} to ${token(`${id}.share`)}. The score should keep such leads out.`,
  })
}

function repSection(
  book: FactBook,
  { reps }: LeadScoringInput,
  context: LeadScoringContext,
): Section {
  const { policy } = context
  const reading = readReps(reps, policy.leads)
  if (reading === null) return NOTHING_TO_SHOW
  const decisions = judgeReps(reading, policy.version)
  const flagged = new Set(decisions.map((decision) => decision.subject))
  const rank = (owner: string): number => Number(!flagged.has(`rep:${owner}`))
  const shown = reading.reps
    .toSorted((left, right) => rank(left.owner) - rank(right.owner))
    .slice(0, ROWS_SHOWN)
  enterReps(book, reading, { shown, context })
  return {
    ...NOTHING_TO_SHOW,
    decisions,
    findings: decisions.length === 0 ? [] : [repFinding(decisions)],
    tables: [repTable(shown, flagged)],
  }
}

/** @param shown Of the reps whose mean it is, those with a line of their own. */
function enterReps(
  book: FactBook,
  { mean, reps }: RepReading,
  { shown, context }: { readonly shown: RepReading['reps']; readonly context: LeadScoringContext },
): void {
  const { month, policy } = context
  const history = mqlsOf(context, addMonths(month, -policy.leads.history_months), month)
  const conditions = [history, ANSWERED]
  const { rate, figure } = leadFacts(book)
  const answered = reps.reduce((sum, rep) => sum + rep.decided, 0)
  figure('rep.mean', 'Acceptance of all reps', {
    unit: 'rate',
    quantity: measured(mean),
    formula: 'mean of the beta prior over reps',
    rows: answered,
    of: { conditions: [...conditions, { anyOf: ['owner'] }] },
  })
  for (const { owner, decided, accepted, shrunken } of shown) {
    const id = `rep.${distinctPart(owner)}`
    rate(`${id}.raw`, 'Acceptance as counted', {
      top: accepted,
      bottom: decided,
      missing: 'no answer',
      of: { where: { owner }, conditions },
    })
    figure(`${id}.shrunken`, 'Acceptance drawn towards all reps', {
      unit: 'rate',
      quantity: measured(shrunken),
      formula: '(α + accepted) ÷ (α + β + answered)',
      rows: decided,
      of: { where: { owner }, conditions },
    })
  }
}

function repTable(reps: RepReading['reps'], flagged: ReadonlySet<string>): Table {
  return {
    id: 'lead_scoring.reps',
    title: 'Acceptance by rep',
    columns: [
      column('rep', 'Rep', false),
      column('raw', 'As counted'),
      column('shrunken', 'Drawn towards all'),
      column('call', 'Call', false),
    ],
    rows: reps.map(({ owner }) => [
      { text: literal(owner) },
      factCell(`lead_scoring.rep.${distinctPart(owner)}.raw`),
      factCell(`lead_scoring.rep.${distinctPart(owner)}.shrunken`),
      flagged.has(`rep:${owner}`)
        ? { decision: `lead_scoring.rep_acceptance:${distinctPart(owner)}` }
        : { text: 'in line' },
    ]),
    note: `All reps together accept ${token('lead_scoring.rep.mean')}; a rep with few answers is drawn towards it.`,
  }
}

/** Reps by name in one finding: it asks for a talk, not for blame. */
function repFinding(decisions: readonly Decision[]): Finding {
  const names = decisions
    .slice(0, ROWS_SHOWN)
    .map(({ subjectName, reason }) => {
      const side = reason === 'accepts_less_than_peers' ? 'less' : 'more'
      return `${literal(subjectName)} accepts ${side} than the others`
    })
    .join(', ')
  return {
    id: 'finding.lead_scoring.rep_acceptance',
    ruleId: 'lead_scoring.rep_acceptance',
    severity: 'info',
    subject: 'rate:acceptance',
    title: 'Reps read the MQL definition differently',
    detail: `${names}, beyond what chance explains; all together accept ${token('lead_scoring.rep.mean')}. Agree on the definition before the score is changed.`,
  }
}
