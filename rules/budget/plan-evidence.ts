import type { ProofTree } from '../allocation/s-curve-fill.ts'
import { present } from '../kernel/invariant.ts'
import type { Policy } from '../policy/policy.ts'
import { PlanEvidence } from '../schema/plan-evidence.ts'
import type { Evidence } from '../schema/review.ts'
import type { Certificate, CheckedLine, CheckedPlan, PlanVerdict } from './certificate.ts'
import type { PlanReview } from './plan-review.ts'
import { valueOrNull } from './total-review.ts'

/** A plan and what is claimed of it, as the checker reads them. */
export interface StatedPlan {
  readonly plan: CheckedPlan
  readonly certificate: Certificate
}

/** The limits of a plan and the curves of its lines, whether or not a plan was found. */
export function limitEvidence(
  { request, lines }: Pick<PlanReview, 'request' | 'lines'>,
  { budget }: Policy,
): Evidence {
  const { groups, steps } = request
  const curves = request.lines.map(({ curve }) => curve)
  return {
    line_ids: request.lines.map(({ id }) => id),
    today_minor: request.lines.map(({ current }) => current),
    lower_minor: request.lines.map(({ lower }) => lower),
    upper_minor: request.lines.map(({ upper }) => upper),
    group: request.lines.map(({ group }) => group ?? null),
    curve_family: curves.map(({ family }) => family),
    curve_scale: curves.map(({ scale }) => scale),
    curve_shape: curves.map(({ shape }) => shape),
    curve_steepness: curves.map(({ steepness }) => steepness),
    least_budget_minor: lines.map(({ candidate }) => candidate.line.minMinor),
    greatest_budget_minor: lines.map(({ candidate }) => candidate.line.maxMinor),
    left_to_give_minor: lines.map(({ candidate }) => valueOrNull(candidate.remainder)),
    barred: lines.map(({ candidate }) => candidate.barred),
    marginal_return: lines.map(({ response }) => response.marginalReturn),
    elasticity: lines.map(({ response }) => response.elasticity),
    elasticity_error: lines.map(({ response }) => response.elasticitySd),
    response_error: lines.map(({ response }) => response.averageSd),
    average_return: lines.map(({ response }) => response.averageReturn),
    hurdle: budget.hurdle_marginal_roi,
    max_step_share: budget.bounds.max_step_share,
    budget_minor: request.budget,
    max_turnover_minor: request.maxTurnover,
    least_move_minor: request.minMove,
    group_lower_minor: groups.map(({ lower }) => lower),
    group_upper_minor: groups.map(({ upper }) => upper),
    step_minor: steps?.increment ?? null,
    max_changed_lines: steps?.maxLines ?? null,
  }
}

/** A plan found, and what is claimed of all others. */
export function certificateEvidence(plan: readonly number[], verdict: PlanVerdict): Evidence {
  const { price, turnoverPrice = 0, groupPrices = [], proof, claimedGap } = verdict.certificate
  const nodes = flattened(proof)
  return {
    planned_minor: [...plan],
    price,
    turnover_price: turnoverPrice,
    group_prices: [...groupPrices],
    proof_line: nodes.map(({ line }) => line),
    proof_at: nodes.map(({ at }) => at),
    claimed_gap_minor: claimedGap,
    bound_gap_minor: verdict.gap,
    kkt_residual: verdict.kktResidual,
    proven_best: verdict.isProvenBest,
  }
}

/**
 * The plan that a decision states, for the second checker to verify without the solver and without the data (`checkPlan`, `certify`).
 *
 * @param evidence Of the decision `budget.plan:lines`, read back from a review.
 * @returns Null where it states no whole plan: none was made, a list is missing or of another length, or the tree does not close.
 */
export function parseStatedPlan(evidence: Evidence): StatedPlan | null {
  const read = PlanEvidence.safeParse(evidence)
  const tree = read.success ? treeOf(read.data) : null
  if (!read.success || tree === null || !hasWholeColumns(read.data)) return null
  const stated = read.data
  const { step_minor: increment, max_changed_lines: maxLines } = stated
  return {
    plan: {
      lines: stated.planned_minor.map((planned, index) => lineAt(stated, planned, index)),
      groups: stated.group_lower_minor.map((lower, index) => ({
        lower,
        upper: entry(stated.group_upper_minor, index),
      })),
      budget: stated.budget_minor,
      maxTurnover: stated.max_turnover_minor,
      minMove: stated.least_move_minor,
      steps: increment === null ? null : { increment, maxLines: maxLines ?? 0 },
    },
    certificate: {
      price: stated.price,
      turnoverPrice: stated.turnover_price,
      groupPrices: stated.group_prices,
      claimedGap: stated.claimed_gap_minor,
      ...tree,
    },
  }
}

const LINE_COLUMNS = [
  'planned_minor',
  'today_minor',
  'lower_minor',
  'upper_minor',
  'group',
  'curve_family',
  'curve_scale',
  'curve_shape',
  'curve_steepness',
] as const

/** A list that is longer or shorter than the lines would set one line's figure beside another's name. */
function hasWholeColumns(stated: PlanEvidence): boolean {
  return (
    LINE_COLUMNS.every((column) => stated[column].length === stated.line_ids.length) &&
    stated.group_upper_minor.length === stated.group_lower_minor.length
  )
}

function lineAt(stated: PlanEvidence, planned: number, index: number): CheckedLine {
  const group = stated.group[index] ?? null
  return {
    curve: {
      family: entry(stated.curve_family, index),
      scale: entry(stated.curve_scale, index),
      shape: entry(stated.curve_shape, index),
      steepness: entry(stated.curve_steepness, index),
    },
    lower: entry(stated.lower_minor, index),
    upper: entry(stated.upper_minor, index),
    planned,
    current: entry(stated.today_minor, index),
    ...(group === null ? {} : { group }),
  }
}

/** `hasWholeColumns` has made sure that it is there. */
function entry<Entry>(column: readonly Entry[], index: number): Entry {
  return present(column[index], 'an entry of a whole column')
}

interface FlatNode {
  readonly line: number | null
  readonly at: number | null
}

/** From its root on, the part below a split before the part above; empty without a tree. */
function flattened(tree: ProofTree | undefined): readonly FlatNode[] {
  const nodes: FlatNode[] = []
  const open = [tree]
  for (let part = open.pop(); part !== undefined; part = open.pop()) {
    if ('line' in part) {
      nodes.push({ line: part.line, at: part.at })
      open.push(part.above, part.below)
    } else nodes.push({ line: null, at: part.logPrice })
  }
  return nodes
}

/** The tree read back; null when the lists hold less or more than one tree. */
function treeOf({
  proof_line: lines,
  proof_at: places,
}: PlanEvidence): { readonly proof?: ProofTree } | null {
  if (lines.length !== places.length) return null
  if (lines.length === 0) return {}
  const proof = treeOfNodes(lines.map((line, index) => ({ line, at: places[index] ?? null })))
  return proof === null ? null : { proof }
}

/** Read from the end, so that both parts of a split are there before it: a stated tree may be deeper than calls can nest. */
function treeOfNodes(nodes: readonly FlatNode[]): ProofTree | null {
  const read: ProofTree[] = []
  for (const { line, at } of nodes.toReversed()) {
    if (line === null) read.push({ logPrice: at })
    else {
      const [below, above] = [read.pop(), read.pop()]
      if (at === null || below === undefined || above === undefined) return null
      read.push({ line, at, below, above })
    }
  }
  const [tree, another] = read
  return tree === undefined || another !== undefined ? null : tree
}
