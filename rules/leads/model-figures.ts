import { measured, type Quantity } from '../kernel/quantity.ts'
import type { Unit } from '../schema/review.ts'
import { orMissing } from './facts.ts'
import type { ScoreQuality } from './score-quality.ts'

/** One line of the table of score quality. */
export interface ModelFigure {
  readonly id: string
  readonly label: string
  readonly unit: Exclude<Unit, 'date' | 'text' | 'money'>
  readonly quantity: Quantity
  readonly formula: string
}

/** Everything said of a score: how it ranks, what it claims, whether its population moved. */
export function modelFigures(quality: ScoreQuality): ModelFigure[] {
  return [...rankingFigures(quality), ...calibrationFigures(quality), ...driftFigures(quality)]
}

function rankingFigures({ ranking, older, newer, settled, wins }: ScoreQuality): ModelFigure[] {
  const half = 'a half holds too few wins or other outcomes'
  return [
    {
      id: 'auc',
      label: 'Area under the ROC curve',
      unit: 'number',
      quantity: measured(ranking.auc),
      formula: 'P(winner outscores another) + ½ P(tie)',
    },
    {
      id: 'auc_error',
      label: 'Its standard error (DeLong)',
      unit: 'number',
      quantity: measured(ranking.aucStandardError),
      formula: 'DeLong 1988',
    },
    {
      id: 'auc_older',
      label: 'AUC, older half',
      unit: 'number',
      quantity: orMissing(older?.auc, half),
      formula: 'as above, on the older half of settled leads',
    },
    {
      id: 'auc_newer',
      label: 'AUC, newer half',
      unit: 'number',
      quantity: orMissing(newer?.auc, half),
      formula: 'as above, on the newer half of settled leads',
    },
    {
      id: 'average_precision',
      label: 'Average precision',
      unit: 'rate',
      quantity: measured(ranking.averagePrecision),
      formula: 'Σ gain in recall · precision',
    },
    {
      id: 'base_rate',
      label: 'Win rate of all settled leads',
      unit: 'rate',
      quantity: measured(wins / settled),
      formula: 'wins ÷ settled leads',
    },
    {
      id: 'ks',
      label: 'Kolmogorov–Smirnov distance',
      unit: 'points',
      quantity: measured(ranking.ks),
      formula: 'max |share of wins − share of others|',
    },
  ]
}

type Reading = readonly [
  id: string,
  label: string,
  unit: ModelFigure['unit'],
  value: number | null,
  formula: string,
]

function calibrationFigures({ calibration }: ScoreQuality): ModelFigure[] {
  if (calibration === null) return []
  const { accuracy, line, expectedError } = calibration
  const readings: readonly Reading[] = [
    ['brier', 'Brier score', 'number', accuracy.brier, 'mean (claim − outcome)²'],
    ['brier_skill', 'Brier skill', 'change', accuracy.brierSkill, '1 − Brier ÷ base rate’s Brier'],
    ['log_loss', 'Log loss', 'number', accuracy.logLoss, 'mean −ln(claim for what happened)'],
    ['ece', 'Expected calibration error', 'points', expectedError, 'Σ share · |rate − claim|'],
    ['slope', 'Calibration slope', 'ratio', line.slope, 'outcomes on claimed ln odds'],
    ['intercept', 'Calibration intercept', 'number', line.intercept, 'outcomes on claimed ln odds'],
    [
      'in_the_large',
      'Calibration in the large',
      'number',
      line.inTheLarge,
      'intercept at slope one',
    ],
    [
      'observed_expected',
      'Observed ÷ expected wins',
      'ratio',
      accuracy.observedOverExpected,
      'wins ÷ Σ claims',
    ],
    [
      'spiegelhalter_p',
      'Spiegelhalter p',
      'probability',
      accuracy.spiegelhalterP,
      'Spiegelhalter 1986',
    ],
  ]
  return readings.map(([id, label, unit, value, formula]) => ({
    id,
    label,
    unit,
    quantity: orMissing(value, 'the outcomes allow no finite value'),
    formula,
  }))
}

function driftFigures({ drift }: ScoreQuality): ModelFigure[] {
  const reason = 'too few scored leads were created in the month'
  return [
    {
      id: 'psi',
      label: 'Population stability index',
      unit: 'number',
      quantity: orMissing(drift?.psi, reason),
      formula: 'Σ (now − then) · ln(now ÷ then)',
    },
    {
      id: 'psi_p',
      label: 'Its p',
      unit: 'probability',
      quantity: orMissing(drift?.p, reason),
      formula: 'psi ÷ (1/n + 1/m) on chi-square',
    },
  ]
}
