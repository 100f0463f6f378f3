import type { Decision } from '../schema/review.ts'
import { token } from '../schema/template.ts'
import type { LeadScoringInput } from './input.ts'

const month = (id: string): string => token(`lead_scoring.month.${id}`)
const model = (id: string): string => token(`lead_scoring.model.${id}`)

/**
 * The stage in two to five sentences, the most important first. Figures stand as tokens; what was not measured is said to be missing.
 *
 * @param decisions All decisions of the stage.
 */
export function leadScoringSummary(
  { filled }: LeadScoringInput,
  decisions: readonly Decision[],
): string[] {
  const actionOf = (id: string): string | undefined =>
    decisions.find((decision) => decision.id === id)?.action
  return [
    volumeSentence(filled.mql > 0, actionOf('lead_scoring.trend:mqls')),
    acceptanceSentence(actionOf('lead_scoring.acceptance')),
    qualificationSentence(actionOf('lead_scoring.sales_qualification')),
    modelSentence(decisions.find(({ id }) => id === 'lead_scoring.model')),
    ...adjustmentSentence(decisions),
  ]
}

/** What is said when there is nothing to read. */
export function absentSummary(state: LeadScoringInput['presence']): string[] {
  const why = {
    absent: 'there is no leads data set',
    empty: 'the leads data set has no accepted row of the month',
    unreadable: 'the leads data set could not be read',
    present: 'no lead was created or qualified in time',
  }[state]
  return [
    `Lead scoring was not measured: ${why}.`,
    'MQL volume, acceptance and the quality of the score are therefore missing from this review.',
  ]
}

const MOVES: Readonly<Record<string, string>> = {
  improving: 'a rise beyond chance',
  declining: 'a fall beyond chance',
  stable: 'a change too small to act on',
  undecided: 'a difference too uncertain to call a rise or a fall',
  unknown: 'a change that cannot be judged yet',
}

function volumeSentence(known: boolean, trend: string | undefined): string {
  if (!known) {
    return `The month brought ${month('created')} leads; how many became an MQL is not recorded.`
  }
  return `The month brought ${month('mqls')} MQLs after ${month('mqls.previous')} the month before, ${MOVES[trend ?? 'unknown'] ?? ''}.`
}

function acceptanceSentence(action: string | undefined): string {
  if (action === undefined || action === 'not_assessable') {
    return 'Whether sales accepts the MQLs is not recorded.'
  }
  const side = action === 'on_target' ? 'which meets' : 'short of'
  return `Sales accepted ${month('acceptance')} of those it answered on, ${side} the target of ${month('acceptance.target')}.`
}

function qualificationSentence(action: string | undefined): string {
  if (action === undefined || action === 'not_assessable') {
    return 'MQL to SQL cannot be stated for the month yet.'
  }
  const side = action === 'on_target' ? 'meets' : 'is below'
  return `Of the MQLs old enough, ${month('sales_qualification')} became SQLs in time, which ${side} the target of ${month('sales_qualification.target')}.`
}

function modelSentence(decision: Decision | undefined): string {
  switch (decision?.action) {
    case undefined:
      return 'The score itself cannot be judged: scores or wins are not recorded.'
    case 'INSUFFICIENT_OUTCOMES':
      if (decision?.evidence['settled'] === 0) {
        return 'The score cannot be judged yet: no lead with a score is old enough for its outcome to count.'
      }
      return `The score cannot be judged yet: ${model('wins')} of ${model('settled')} settled leads won.`
    case 'LEAKAGE_SUSPECT':
      return `The score is too good to be true, with an AUC of ${model('auc')}; look for what it knows about the outcome.`
    case 'RETRAIN':
      return `The score needs a new model: its AUC is ${model('auc')}, ${model('auc_newer')} on the newer outcomes.`
    case 'RECALIBRATE':
      return `The score ranks leads with an AUC of ${model('auc')}, but wins are ${model('observed_expected')} of what it promises.`
    default:
      return `The score holds, with an AUC of ${model('auc')} on ${model('settled')} settled leads.`
  }
}

/** Proposals beyond the verdict, named without figures: each has its own finding. */
function adjustmentSentence(decisions: readonly Decision[]): string[] {
  const proposals = [
    ['lead_scoring.contact_threshold', 'another contact threshold', 'keep'],
    ['lead_scoring.bands', 'new band limits', 'keep'],
    ['lead_scoring.channel_points', 'other points for some channels', ''],
    ['lead_scoring.rejection_reason', 'a new exclusion criterion', ''],
  ].flatMap(([ruleId, words, idle]) =>
    decisions.some((decision) => decision.ruleId === ruleId && decision.action !== idle)
      ? [words]
      : [],
  )
  return proposals.length === 0 ? [] : [`Proposed for the scoring: ${proposals.join(', ')}.`]
}
