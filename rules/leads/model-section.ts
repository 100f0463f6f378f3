import { measured, notMeasured } from '../kernel/quantity.ts'
import type { FactBook } from '../schema/fact-book.ts'
import type { Chart, Decision, Finding, Table } from '../schema/review.ts'
import { literal, token } from '../schema/template.ts'
import { leadFacts } from './facts.ts'
import type { LeadScoringContext } from './input.ts'
import { modelFigures, type ModelFigure } from './model-figures.ts'
import { judgeModel } from './model-verdict.ts'
import { proposeRecalibration } from './recalibration-proposal.ts'
import { isJudgeable, type ScoreQuality, type TooFewOutcomes } from './score-quality.ts'
import { column, factCell, findingOf, NOTHING_TO_SHOW, type Section } from './section.ts'

const fact = (id: string): string => token(`lead_scoring.model.${id}`)

/** What is judged: settled leads of one score version. */
export interface Judged {
  readonly quality: ScoreQuality | TooFewOutcomes
  readonly scoreVersion: string | null
}

/** Enters the quality of the score over settled leads and gives the verdict. */
export function modelSection(
  book: FactBook,
  { quality, scoreVersion }: Judged,
  { policy }: LeadScoringContext,
): Section {
  const { count, figure } = leadFacts(book)
  count('model.settled', 'Settled leads with a score', { value: quality.settled })
  count('model.wins', 'Wins among them', { value: quality.wins })
  figure('model.outcome_days', 'Days until a lead counts as settled', {
    unit: 'days',
    quantity: measured(policy.leads.outcome_days),
    formula: 'policy leads.outcome_days',
    rows: 0,
  })
  const decision = judgeModel(quality, policy.leads, policy.version)
  if (!isJudgeable(quality)) {
    return { ...NOTHING_TO_SHOW, decisions: [decision], findings: verdictFinding(decision) }
  }
  const lines = modelFigures(quality)
  for (const { id, label, unit, quantity, formula } of lines) {
    figure(`model.${id}`, label, { unit, quantity, formula, rows: quality.settled })
  }
  enterDeciles(book, quality)
  const outside = quality.calibration?.outside ?? 0
  if (outside > 0)
    count('model.outside_range', 'Scores outside the range of a chance', { value: outside })
  const correction =
    decision.action === 'RECALIBRATE' && quality.calibration !== null
      ? [proposeRecalibration(quality.calibration.ladder, policy.version)]
      : []
  return {
    decisions: [decision, ...correction],
    findings: [
      ...verdictFinding(decision),
      ...(outside > 0 ? [rangeFinding()] : []),
      ...correction.flatMap((proposal) => correctionFinding(proposal)),
      ...driftFinding(quality, policy.leads.model.drift_alarm, policy.leads.alpha),
    ],
    tables: [modelTable(lines, decision, scoreVersion)],
    charts: [decileChart(quality)],
  }
}

function enterDeciles(book: FactBook, { deciles }: ScoreQuality): void {
  const { figure } = leadFacts(book)
  for (const { decile, leads, lift } of deciles) {
    figure(`model.decile.${decile}.lift`, `Lift of tenth ${decile}`, {
      unit: 'ratio',
      quantity: lift === null ? notMeasured('the tenth holds no lead') : measured(lift),
      formula: 'win rate of the tenth ÷ win rate of all',
      rows: leads,
    })
  }
}

function modelTable(
  lines: readonly ModelFigure[],
  decision: Decision,
  scoreVersion: string | null,
): Table {
  const version = scoreVersion === null ? '' : `Score version ${literal(scoreVersion)}. `
  return {
    id: 'lead_scoring.model',
    title: 'Quality of the score on settled leads',
    columns: [column('figure', 'Figure', false), column('value', 'Value')],
    rows: [
      [{ text: 'Verdict' }, { decision: decision.id }],
      ...lines.map(({ id, label }) => [{ text: label }, factCell(`lead_scoring.model.${id}`)]),
    ],
    note: `${version}Read from ${fact('settled')} leads at least ${fact('outcome_days')} old, ${fact('wins')} of them won. Claims are judged on outcomes they were not learned from.`,
  }
}

function decileChart({ deciles }: ScoreQuality): Chart {
  return {
    id: 'lead_scoring.decile_lift',
    title: 'Lift by tenth of the leads, best scores first',
    kind: 'bar',
    categories: deciles.map(({ decile }) => String(decile)),
    series: [
      {
        name: 'Lift',
        values: deciles.map(({ decile }) => `lead_scoring.model.decile.${decile}.lift`),
      },
    ],
    summary: `The best tenth wins ${token('lead_scoring.model.decile.1.lift')} as often as all leads, the last ${token('lead_scoring.model.decile.10.lift')}.`,
  }
}

const VERDICTS: Readonly<Record<string, Pick<Finding, 'severity' | 'title' | 'detail'>>> = {
  INSUFFICIENT_OUTCOMES: {
    severity: 'info',
    title: 'The score cannot be judged yet',
    detail: `Of ${fact('settled')} settled leads ${fact('wins')} won; that is too few of one kind to tell a good score from luck.`,
  },
  LEAKAGE_SUSPECT: {
    severity: 'serious',
    title: 'The score knows more than anyone could before the outcome',
    detail: `An AUC of ${fact('auc')} is not reached by honest scores. Look for fields that sales fills after the outcome, such as tags or stages, and for scores written again after the win.`,
  },
  RETRAIN: {
    severity: 'serious',
    title: 'The score needs a new model',
    detail: `Its AUC is ${fact('auc')}: ${fact('auc_older')} on older outcomes, ${fact('auc_newer')} on newer ones. A new calibration cannot mend a ranking.`,
  },
  RECALIBRATE: {
    severity: 'warning',
    title: 'The score ranks well but promises the wrong chances',
    detail: `Wins were ${fact('observed_expected')} of what the score promised, with a mean gap of ${fact('ece')}.`,
  },
}

const NOTHING_SETTLED: Pick<Finding, 'severity' | 'title' | 'detail'> = {
  severity: 'info',
  title: 'The score cannot be judged yet',
  detail: `No lead with a score is ${fact('outcome_days')} old, from when on its outcome counts.`,
}

function verdictFinding(decision: Decision): Finding[] {
  const words = decision.evidence['settled'] === 0 ? NOTHING_SETTLED : VERDICTS[decision.action]
  return words === undefined ? [] : [findingOf(decision, words)]
}

function correctionFinding(proposal: Decision): Finding[] {
  const held = proposal.action !== 'none'
  return [
    findingOf(proposal, {
      severity: 'info',
      title: held
        ? 'A correction of the claimed chances held on newer outcomes'
        : 'No correction of the claimed chances held on newer outcomes',
      detail: held
        ? 'It was learned on earlier settled leads and lowered the log loss of later ones beyond chance. The simplest correction that did so is proposed; its terms stand in the decision.'
        : 'What earlier settled leads teach does not lower the log loss of later ones. More outcomes are needed before the chances are changed.',
    }),
  ]
}

function rangeFinding(): Finding {
  return {
    id: 'finding.lead_scoring.score_range',
    ruleId: 'lead_scoring.model',
    severity: 'warning',
    subject: 'score:leads',
    title: 'Scores lie outside the range of a chance',
    detail: `Of ${fact('settled')} settled leads ${fact('outside_range')} have a score below zero or above the maximum the policy states; they are read as no chance and as certainty. Either the maximum or the meaning of the score is stated wrongly.`,
  }
}

function driftFinding({ drift }: ScoreQuality, alarm: number, alpha: number): Finding[] {
  if (drift === null || drift.psi <= alarm || drift.p > alpha) return []
  return [
    {
      id: 'finding.lead_scoring.drift',
      ruleId: 'lead_scoring.drift',
      severity: 'warning',
      subject: 'score:leads',
      title: "The month's leads score differently from those the score was judged on",
      detail: `The stability index is ${fact('psi')} (p ${fact('psi_p')}). What was true of earlier leads may not hold for these.`,
    },
  ]
}
