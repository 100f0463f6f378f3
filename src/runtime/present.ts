import { budgetContext, EVER, gatherBudget } from '#agents/budget/agent.ts'
import type { ReviewContext } from '#agents/ports.ts'
import type { BudgetInput } from '#rules/budget/input.ts'
import type { DatasetName } from '#rules/schema/review.ts'

import { inputsOfWorkspace } from '../ingest/inputs.ts'
import { hashOfFiles, Manifest } from '../ingest/manifest.ts'
import type { LoadedPolicy } from '../policy/load.ts'
import { openWarehouse } from '../warehouse/open.ts'
import type { ReviewSession } from './session.ts'
import { workspacePolicy } from './workspace.ts'

/** The books a move is held against: the frozen ones of its review, or those of the workspace as it stands. */
export interface Books {
  readonly policy: LoadedPolicy
  readonly context: ReviewContext
  readonly input: BudgetInput
}

/** What the budget rules read. A change of any other file changes no move. */
const READ_BY_BUDGET: readonly DatasetName[] = [
  'budgets',
  'ad_performance',
  'campaigns',
  'channels',
  'cost_ledger',
  'value_ledger',
  'deals',
  'budget_actions',
  'risk_signals',
  'funnel_counts',
  'creatives',
]

/** The books the review was frozen to, with proposals and risks of after its day: money moves in the world as it is. */
export async function frozenBooks({ review, context, data }: ReviewSession): Promise<Books> {
  return {
    policy: { policy: context.policy, text: review.policy, sha256: review.policySha256 },
    context,
    input: await gatherBudget(context, data.warehouse, EVER),
  }
}

/**
 * The books as the workspace stands now, for the month and day of the review. Where neither policy nor budget data have changed, the frozen ones
 * are the same and nothing is read again.
 *
 * @throws What opening the policy and the data throws.
 */
export async function presentBooks(session: ReviewSession): Promise<Books> {
  const policy = await workspacePolicy(session.workspace)
  const frozen = await frozenBooks(session)
  const context: ReviewContext = { ...session.context, policy: policy.policy }
  if (!(await hasNewData(session))) return { ...frozen, policy, context }
  const { company } = policy.policy
  const data = await openWarehouse({
    workspaceDir: session.workspace.directory,
    company: { currency: company.currency, timeZone: company.time_zone },
  })
  try {
    return { policy, context, input: await gatherBudget(context, data.warehouse, EVER) }
  } finally {
    await data.close()
  }
}

/** Have files that the budget rules read changed since the review was frozen? */
async function hasNewData({ review, workspace }: ReviewSession): Promise<boolean> {
  const manifest = Manifest.parse(JSON.parse(review.manifest))
  const inputs = await inputsOfWorkspace(workspace.directory, { freeze: false })
  return READ_BY_BUDGET.some((dataset) => {
    const frozen = manifest.datasets.find((entry) => entry.dataset === dataset)?.sha256
    return hashOfFiles(inputs.of(dataset).files) !== frozen
  })
}

/** What the rules are told besides the rows. */
export function rulesContext({ context }: Books): ReturnType<typeof budgetContext> {
  return budgetContext(context)
}
