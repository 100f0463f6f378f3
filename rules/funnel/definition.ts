import { invariant } from '../kernel/invariant.ts'

/** An event that ends an attempt when it falls between two steps. */
export interface Exclusion {
  readonly stage: string
  /** Index of the step after which it counts … */
  readonly fromStep: number
  /** … and of the step that ends its reach. */
  readonly toStep: number
}

/** Which events count as which step, and how a person goes through. */
export interface FunnelDefinition {
  /** Stage names, entry first. A name may come twice; one event never satisfies two steps. */
  readonly steps: readonly string[]
  /**
   * `any_attempt`: some chain in step order inside the window, the latest entry credited (PostHog).
   * `first_entry`: only the first entry opens the clock (Mixpanel's default).
   * `strict`: steps adjacent in the whole event stream; `strict_repeats` lets a repeat of the step just matched pass (PostHog).
   * `unordered`: most distinct steps inside one window, whatever their order.
   */
  readonly order: 'any_attempt' | 'first_entry' | 'strict' | 'strict_repeats' | 'unordered'
  /** From first to last event of the chain, both ends included. */
  readonly windowMs: number
  readonly exclusions: readonly Exclusion[]
  /** What an exclusion does to a person with no clean attempt: `leaves` the funnel altogether, or keeps the steps reached before. */
  readonly excluded: 'leaves' | 'keeps_steps'
}

/** A definition with stage names turned into numbers, for matching millions of events. */
export interface FunnelPlan extends FunnelDefinition {
  /** Number of each stage name that a step or an exclusion uses; every other event is `OTHER_KIND`. */
  readonly kindOfStage: ReadonlyMap<string, number>
  readonly kindOfStep: readonly number[]
  /** Steps that an event of a kind can satisfy, deepest first. */
  readonly stepsOfKind: readonly (readonly number[])[]
  /** Steps that an entry leads to, deepest first. */
  readonly laterSteps: readonly number[]
  /** Steps after which an event of a kind ends an attempt. */
  readonly exclusionsOfKind: readonly (readonly number[])[]
}

/** The kind of an event that is neither a step nor an exclusion; only strict order looks at it. */
export const OTHER_KIND = -1

const NO_STEPS: readonly number[] = []

/** Steps that an event can satisfy, deepest first. @param kind Of the plan, or `OTHER_KIND`, for which no list is looked into: a place below an array's first is slow to miss. */
export function stepsOf({ stepsOfKind }: FunnelPlan, kind: number): readonly number[] {
  return kind === OTHER_KIND ? NO_STEPS : (stepsOfKind[kind] ?? NO_STEPS)
}

/** Steps after which an event ends an attempt. @param kind Of the plan, or `OTHER_KIND`. */
export function exclusionsOf({ exclusionsOfKind }: FunnelPlan, kind: number): readonly number[] {
  return kind === OTHER_KIND ? NO_STEPS : (exclusionsOfKind[kind] ?? NO_STEPS)
}

/** What a funnel of stages means where nothing else is said: any attempt inside the window, no exclusions. */
export function plainFunnel(steps: readonly string[], windowMs: number): FunnelDefinition {
  return { steps, order: 'any_attempt', windowMs, exclusions: [], excluded: 'leaves' }
}

/**
 * A definition made ready for matching.
 *
 * @param vocabulary Stages numbered first, in this order, so that several plans can read the same log; their own come after.
 * @throws InvariantError on fewer than one step, a negative window, or an exclusion whose steps are out of order.
 */
export function planFunnel(
  definition: FunnelDefinition,
  vocabulary: readonly string[] = [],
): FunnelPlan {
  const { steps, windowMs, exclusions } = definition
  invariant(steps.length > 0, 'funnel: expected at least one step')
  invariant(
    windowMs >= 0 && windowMs < Infinity,
    `funnel: expected a window of at least 0 ms, got ${windowMs}`,
  )
  invariant(
    exclusions.every(
      ({ fromStep, toStep }) => fromStep >= 0 && fromStep < toStep && toStep < steps.length,
    ),
    'funnel: expected an exclusion between two steps of the funnel',
  )
  const names = [
    ...new Set([...vocabulary, ...steps, ...exclusions.map((exclusion) => exclusion.stage)]),
  ]
  const kindOfStage = new Map(names.map((name, kind) => [name, kind]))
  const stepsOfKind = names.map((name) =>
    steps.flatMap((step, index) => (step === name ? [index] : [])).toReversed(),
  )
  const exclusionsOfKind = names.map((name) =>
    exclusions
      .filter((exclusion) => exclusion.stage === name)
      .flatMap(({ fromStep, toStep }) => range(fromStep, toStep)),
  )
  return {
    ...definition,
    kindOfStage,
    kindOfStep: steps.map((step) => kindOfStage.get(step) ?? OTHER_KIND),
    laterSteps: steps
      .map((_, step) => step)
      .slice(1)
      .toReversed(),
    stepsOfKind,
    exclusionsOfKind,
  }
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, offset) => from + offset)
}
