import { token } from '../schema/template.ts'
import { factPrefix } from './names.ts'
import { type FunnelState, withStatus } from './review-state.ts'
import { wholeWindowSentence } from './whole-window-facts.ts'

/** The stage in two to six sentences, the most important first; what was not measured is said to be missing. */
export function funnelSummary(state: FunnelState): string[] {
  if (state.cells.length === 0) {
    return [
      'The funnel was not measured: neither counts nor events of this month were provided.',
      'Missing is not zero, so nothing is said about conversion or drop-offs.',
    ]
  }
  return [
    brokenSentence(state),
    bottleneckSentence(state),
    ...claimSentence(state),
    ...paceSentence(state),
    ...missingSentence(state),
    ...(state.isMature ? [priorSentence(state)] : []),
  ]
}

function brokenSentence(state: FunnelState): string {
  const broken = withStatus(state.steps, 'broken')
  if (broken.length === 0) {
    return `No step is broken: of ${token('funnel.cells')} cells counted, every zero is one that chance can explain.`
  }
  const [first, second, ...more] = broken
  const names = [first, second]
    .flatMap((step) => (step === undefined ? [] : [step]))
    .map((step) => {
      const prefix = factPrefix.cell(step)
      return `${state.names.cell(step.cell)} (${state.names.stage(step.from)} ${token(`${prefix}.entered`)}, ${state.names.stage(step.to)} ${token(`${prefix}.reached`)})`
    })
  const rest = more.length > 0 ? ' and more listed below' : ''
  return `Broken steps: ${token('funnel.steps.broken')}. Nobody goes on at ${names.join(' and ')}${rest}.`
}

function bottleneckSentence({ bottleneck, names, isMature }: FunnelState): string {
  if (bottleneck === null) {
    return 'No step has enough entries to be called the bottleneck.'
  }
  const prefix = factPrefix.step(bottleneck)
  return `The bottleneck${isMature ? '' : ' so far'} is ${names.step(bottleneck)}: ${token(`${prefix}.reached`)} of ${token(`${prefix}.entered`)} people went on, ${token(`${prefix}.rate`)}.`
}

function claimSentence({ claims }: FunnelState): string[] {
  if (!claims.some((entry) => entry.verdict === 'missing_not_zero')) return []
  return [
    `Of ${token('funnel.claims')} published drop-offs ${token('funnel.claims.missing_not_zero')} are rows that do not exist, missing and not zero.`,
  ]
}

function paceSentence({ motions, names }: FunnelState): string[] {
  const [first] = motions
  if (first === undefined) return []
  const prefix = factPrefix.motion(first.people.motion.id)
  const name = names.stage(first.people.motion.id)
  if (first.maturity === 'young') {
    return [
      `Persons on ${name}: ${token(`${prefix}.open`)} of ${token(`${prefix}.entered`)} are still inside the window, so the ${token(`${prefix}.rate_so_far`)} so far is not yet a rate.${wholeWindowSentence(first)}`,
    ]
  }
  return [
    `Persons on ${name}: ${token(`${prefix}.matured_rate`)} reached the goal within the window, half of these after ${token(`${prefix}.typical_days`)}.`,
  ]
}

function missingSentence({ steps }: FunnelState): string[] {
  if (withStatus(steps, 'missing', 'missing_before').length === 0) return []
  return [
    `${token('funnel.steps.missing')} steps have no row after them; they are missing and count neither as zero nor as a drop-off.`,
  ]
}

function priorSentence({ totals, names }: FunnelState): string {
  const compared = totals.filter(({ change }) => change !== null)
  const [largest] = compared.toSorted(
    (left, right) => Math.abs(right.change?.points ?? 0) - Math.abs(left.change?.points ?? 0),
  )
  if (largest === undefined) return 'There is no earlier month to compare the steps with.'
  const prefix = factPrefix.step(largest)
  return `Against the month before, ${names.step(largest)} moved most: from ${token(`${prefix}.prior_rate`)} to ${token(`${prefix}.rate`)}.`
}
