import type { Finding } from '../schema/review.ts'
import { literal, token } from '../schema/template.ts'
import { type CellStep, stepSubject } from './cell-steps.ts'
import { claimFindings } from './claim-findings.ts'
import { dropOffDecisionId, judgeTarget } from './decisions.ts'
import { factPrefix } from './names.ts'
import type { CurveChange, JudgedMotion } from './pace.ts'
import { type FunnelState, isRealChange, priorStep, withStatus } from './review-state.ts'
import type { StepChange, StepTotal } from './step-totals.ts'
import { wholeWindowSentence } from './whole-window-facts.ts'

/** Broken steps told one by one; more are counted. */
const TOLD = 10

/** What a reader must know about the funnel, gravest first. */
export function funnelFindings(state: FunnelState): Finding[] {
  return [
    ...withStatus(state.shown, 'broken')
      .slice(0, TOLD)
      .map((step) => brokenFinding(step, state)),
    ...withStatus(state.shown, 'more_than_before')
      .slice(0, TOLD)
      .map((step) => sidewaysFinding(step, state)),
    ...withStatus(state.shown, 'far_below')
      .slice(0, TOLD)
      .map((step) => farBelowFinding(step, state)),
    ...claimFindings(state),
    ...targetFindings(state),
    ...changeFindings(state),
    ...state.motions.flatMap((motion) => paceFindings(motion, state)),
    ...missingFinding(state),
    ...conflictFinding(state),
    ...unknownStageFinding(state),
  ]
}

function brokenFinding(step: CellStep, state: FunnelState): Finding {
  const { names } = state
  const prefix = factPrefix.cell(step)
  const against =
    step.judged?.zero?.against === 'other_cells'
      ? 'If the step worked as it does in other cells'
      : 'If it carried on the least share the policy calls working'
  return {
    id: `finding.${dropOffDecisionId(step)}`,
    ruleId: 'funnel.drop_off',
    severity: 'serious',
    subject: `cell:${stepSubject(step)}`,
    title: `${names.cell(step.cell)}: nobody goes on from ${names.step(step)}`,
    detail: `${token(`${prefix}.entered`)} people at ${names.stage(step.from)}, ${token(`${prefix}.reached`)} at ${names.stage(step.to)}, and both were counted. ${against}, a zero would have a chance of ${token(`${prefix}.p_zero`)}, corrected for the number of zeros looked at; a conversion above ${token(`${prefix}.upper_rate`)} is not plausible.${priorSentence(step, state)} Check the page, the form and its tracking before more is spent here.`,
  }
}

function priorSentence(step: CellStep, state: FunnelState): string {
  const prior = priorStep(state, step)
  if (prior === null || prior.reached === 0) return ''
  return ` A month ago ${token(`${factPrefix.cell(step)}.prior_rate`)} went on.`
}

function sidewaysFinding(step: CellStep, { names }: FunnelState): Finding {
  const prefix = factPrefix.cell(step)
  return {
    id: `finding.${dropOffDecisionId(step)}`,
    ruleId: 'funnel.drop_off',
    severity: 'warning',
    subject: `cell:${stepSubject(step)}`,
    title: `${names.cell(step.cell)}: more people after ${names.step(step)} than before`,
    detail: `${token(`${prefix}.entered`)} people at ${names.stage(step.from)}, ${token(`${prefix}.reached`)} at ${names.stage(step.to)}. Either tracking or identity is at fault, or people enter the stage from the side; no rate is stated for this step.`,
  }
}

function farBelowFinding(step: CellStep, state: FunnelState): Finding {
  const { names } = state
  const prefix = factPrefix.cell(step)
  return {
    id: `finding.${dropOffDecisionId(step)}`,
    ruleId: 'funnel.drop_off',
    severity: 'warning',
    subject: `cell:${stepSubject(step)}`,
    title: `${names.cell(step.cell)}: far fewer go on from ${names.step(step)} than elsewhere`,
    detail: `${token(`${prefix}.reached`)} of ${token(`${prefix}.entered`)} people went on, ${token(`${prefix}.rate`)}, where ${token(`${prefix}.baseline`)} do in the other cells. The chance of so few there is ${token(`${prefix}.p_lower`)}, corrected for the number of cells looked at, and cells do not otherwise differ by as much.${priorSentence(step, state)} Check the page, the form and its tracking.`,
  }
}

function targetFindings(state: FunnelState): Finding[] {
  const { totals, names, context } = state
  return totals
    .filter((total) => {
      const target = context.policy.funnel.target_conversion[total.id]
      return target !== undefined && judgeTarget(total, target, state).action === 'missed'
    })
    .map((total) => ({
      id: `finding.funnel.target:${total.id}`,
      ruleId: 'funnel.target',
      severity: 'warning' as const,
      subject: `step:${total.id}`,
      title: `${names.step(total)} is below its target`,
      detail: `Conversion is ${token(`${factPrefix.step(total)}.rate`)} against a target of ${token(`${factPrefix.step(total)}.target`)}: ${token(`${factPrefix.step(total)}.reached`)} of ${token(`${factPrefix.step(total)}.entered`)} people went on.`,
    }))
}

function changeFindings({ totals, names, context }: FunnelState): Finding[] {
  return totals.flatMap((total) => {
    const { change } = total
    if (!isRealChange(change, context.policy.funnel.alpha) || change.points > 0) return []
    return [
      {
        id: `finding.funnel.change:${total.id}`,
        ruleId: 'funnel.change',
        severity: 'warning' as const,
        subject: `step:${total.id}`,
        title: `${names.step(total)} converts worse than a month ago`,
        detail: `Conversion went from ${token(`${factPrefix.step(total)}.prior_rate`)} to ${token(`${factPrefix.step(total)}.rate`)}, ${token(`${factPrefix.step(total)}.change`)}, more than chance explains.${splitSentence(total, change)}`,
      },
    ]
  })
}

function splitSentence(total: StepTotal, { split }: StepChange): string {
  const prefix = factPrefix.step(total)
  const reversal = split.simpsonReversal
    ? ' Every cell of both months moved the other way, so the fall is one of traffic, not of the step.'
    : ''
  return ` Of this, ${token(`${prefix}.rate_effect`)} comes from how cells convert and ${token(`${prefix}.mix_effect`)} from which cells had the traffic.${reversal}`
}

function paceFindings(judged: JudgedMotion, { names }: FunnelState): Finding[] {
  const { people, change, maturity } = judged
  const prefix = factPrefix.motion(people.motion.id)
  const name = names.stage(people.motion.id)
  const base = { ruleId: 'funnel.pace', subject: `motion:${people.motion.id}` }
  const worse: Finding = {
    ...base,
    id: `finding.funnel.pace:${people.motion.id}`,
    severity: 'warning',
    title: `Fewer people come through ${name}, or later, than a month ago`,
    detail: `${token(`${prefix}.compared_days`)} after entry ${token(`${prefix}.compared_rate`)} had reached the goal, against ${token(`${prefix}.prior_month.compared_rate`)} of the month before; the chance of such a difference between equal months is ${token(`${prefix}.pace_p`)}.${laterSentence(change, prefix)}`,
  }
  const young: Finding = {
    ...base,
    id: `finding.funnel.maturity:${people.motion.id}`,
    ruleId: 'funnel.maturity',
    severity: 'info',
    title: `${name}: the month is too young for its conversion to be read`,
    detail: `${token(`${prefix}.open`)} of ${token(`${prefix}.entered`)} persons are still inside the window. The ${token(`${prefix}.rate_so_far`)} so far is no collapse.${maturedSentences(people, prefix)}${wholeWindowSentence(judged)}`,
  }
  return [...(change.pace === 'worse' ? [worse] : []), ...(maturity === 'young' ? [young] : [])]
}

/** As many came through, so what is worse is when: half of them by which day. */
function laterSentence({ convertedNow, convertedBefore }: CurveChange, prefix: string): string {
  if (convertedNow < convertedBefore) return ''
  return ` Half of those who came through did so within ${token(`${prefix}.typical_days`)}, against ${token(`${prefix}.prior_month.typical_days`)} then.`
}

/** What is known of those whose window is over; months in which nobody's is are left out. */
function maturedSentences(people: JudgedMotion['people'], prefix: string): string {
  const now =
    people.current.cohort.matured > 0
      ? ` Those who had the whole window converted at ${token(`${prefix}.matured_rate`)}.`
      : ' Nobody of the month has had the whole window yet.'
  const before =
    people.before.cohort.matured > 0
      ? ` Of the month before it was ${token(`${prefix}.prior_month.matured_rate`)}.`
      : ''
  return `${now}${before}`
}

function missingFinding(state: FunnelState): Finding[] {
  const missing = withStatus(state.shown, 'missing', 'missing_before')
  if (missing.length === 0) return []
  const cells = missing
    .slice(0, TOLD)
    .map(
      (step) =>
        `${state.names.cell(step.cell)} (${state.names.stage(step.status === 'missing' ? step.to : step.from)})`,
    )
  return [
    {
      id: 'finding.funnel.missing',
      ruleId: 'funnel.drop_off',
      severity: 'info',
      subject: 'stage:funnel',
      title: 'Stages of a motion that nobody counted',
      detail: `${token('funnel.steps.missing')} steps have no row after them and ${token('funnel.steps.missing_before')} none before them. Missing is not zero: nothing is known of these steps. ${cells.join('; ')}.`,
    },
  ]
}

function conflictFinding({ cells, names }: FunnelState): Finding[] {
  const found = cells.flatMap((cell) => cell.conflicts.map((conflict) => ({ cell, conflict })))
  const [first] = found
  if (first === undefined) return []
  const told = found
    .slice(0, TOLD)
    .map(
      ({ cell, conflict }) =>
        `${names.cell(cell)}, ${names.stage(conflict.stage)}: ${literal(conflict.used)} counts, ${literal(conflict.left)} does not`,
    )
  return [
    {
      id: 'finding.funnel.sources',
      ruleId: 'funnel.sources',
      severity: 'warning',
      subject: 'stage:funnel',
      title: 'Two sources count the same people',
      detail: `Both report the same stage on the same days, so adding them would count people twice. ${told.join('; ')}. Name the source to trust in the policy.`,
    },
  ]
}

function unknownStageFinding({ unknownStages, names }: FunnelState): Finding[] {
  if (unknownStages.length === 0) return []
  return [
    {
      id: 'finding.funnel.unknown_stage',
      ruleId: 'funnel.stages',
      severity: 'warning',
      subject: 'stage:funnel',
      title: 'Stages that the operating model does not know',
      detail: `${unknownStages.slice(0, TOLD).map(names.stage).join(', ')}: counted in the data but not a lifecycle stage of the policy, so no step leads to or from them.`,
    },
  ]
}
