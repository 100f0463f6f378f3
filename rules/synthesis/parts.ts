import {
  enterFlightEnds,
  standingOf,
  type CampaignStanding,
} from '../governance/campaign-standing.ts'
import { asDecidedHere } from '../governance/decided-here.ts'
import {
  reviewBudgetActions,
  type BudgetActionsReview,
} from '../governance/review-budget-actions.ts'
import { reviewTargets, type TargetReview } from '../health/targets.ts'
import { measured, notMeasured, type Quantity } from '../kernel/quantity.ts'
import { reviewPortfolio, type PortfolioReview } from '../portfolio/review.ts'
import { isLookedAt } from '../portfolio/undecided.ts'
import { reviewRisks, type RiskReview } from '../risk/review.ts'
import { endsOfLine } from '../schema/budget-move.ts'
import { createFactBook, type FactBook } from '../schema/fact-book.ts'
import type { Fact, Finding, StageResult } from '../schema/review.ts'
import { changesTested, withdrawnChanges } from './changes-tested.ts'
import { reviewHealth, type HealthReview } from './health.ts'
import type { SpendSum, SynthesisContext, SynthesisInput } from './input.ts'
import { enterPending, pendingMoves, type PendingMoves } from './pending.ts'
import { reviewPublished, type PublishedReview } from './published.ts'
import { spendSourceFinding, type SpendSources } from './spend-sources.ts'
import { hasRun, hasTold } from './stages.ts'
import { valueSourceFinding } from './value-sources.ts'

/** The reviews that the synthesis brings together; `book` holds its own facts. */
export interface SynthesisParts {
  readonly risks: RiskReview
  readonly portfolio: PortfolioReview
  readonly approvals: BudgetActionsReview
  readonly pending: PendingMoves
  readonly targets: TargetReview
  readonly health: HealthReview
  readonly published: PublishedReview
  readonly spend: readonly Finding[]
  /** Changes that a stage called and the review as a whole does not hold. */
  readonly changes: readonly Finding[]
  readonly book: FactBook
  /** How each campaign of the workspace stands. */
  readonly standings: ReadonlyMap<string, CampaignStanding>
}

/** Runs the reviews in the order in which one needs the facts of another: risks, segments, approvals, targets, verdict, publication. */
export function gatherParts(input: SynthesisInput, context: SynthesisContext): SynthesisParts {
  const { earlier, presence } = input
  const { policy } = context
  const { currency } = policy.company
  const standings = standingsOf(input, context)
  const { risks, portfolio, approvals } = reviewSignals(input, context, standings)
  const book = createFactBook()
  const pending = pendingMoves(approvals.pending, earlier.moves, earlier.approvals)
  enterFlightEnds(book, toldStandings({ risks, portfolio, pending }, standings))
  const waiting = enterPending(book, pending, {
    presence: presence.budget_actions,
    currency,
    hasRequests: earlier.approvals.length > 0,
  })
  const known = (): ReadonlyMap<string, Fact> =>
    factsById(earlier.stages, [
      ...risks.facts,
      ...portfolio.facts,
      ...approvals.facts,
      ...book.list(),
    ])
  const targets = reviewTargets(book, {
    targets: policy.targets,
    currency,
    policyVersion: policy.version,
    facts: known(),
  })
  const health = reviewHealth(
    book,
    {
      trustGrade: earlier.grade,
      openRisks: presence.risk_signals === 'present' ? risks.items : null,
      months: input.months,
      segmentStops: segmentStops(portfolio),
      pendingReallocations: waiting,
      targetsMissed: targetsMissed(targets),
    },
    policy,
  )
  return {
    risks,
    portfolio,
    approvals,
    pending,
    targets,
    health,
    book,
    standings,
    published: publishedOf(book, input, { context, facts: known() }),
    spend: sourceFindings(book, input, { policy, facts: known() }),
    changes: withdrawnChanges(book, earlier.stages, {
      ofSegments: testedP(portfolio),
      momentum: policy.momentum,
    }),
  }
}

/** What risks, segments and recorded moves say, each from its own rows. */
function reviewSignals(
  input: SynthesisInput,
  context: SynthesisContext,
  standings: SynthesisParts['standings'],
): Pick<SynthesisParts, 'risks' | 'portfolio' | 'approvals'> {
  const { earlier, names, presence } = input
  const { policy } = context
  const risks = reviewRisks(
    {
      signals: input.risks,
      presence: presence.risk_signals,
      slices: input.riskSlices,
      names,
      standings,
    },
    context,
  )
  const portfolio = reviewPortfolio(
    { rollups: input.rollups, ...input.delivery, names, standings },
    {
      ...context,
      grade: earlier.grade,
      testedBefore: changesTested(earlier.stages).map(({ p }) => p),
    },
  )
  const approvals = reviewBudgetActions(
    {
      actions: asDecidedHere(input.budgetActions, earlier.moves, earlier.approvals),
      presence: presence.budget_actions,
      usedLines: input.usedLines,
      openRisks: risks.located,
      concerns: new Map(
        earlier.moves.flatMap(({ actionId, concerns }) =>
          actionId === null ? [] : [[actionId, concerns] as const],
        ),
      ),
      names,
    },
    { stage: 'synthesis', policy, tellsMoves: !hasRun(earlier.stages, 'budget') },
  )
  return { risks, portfolio, approvals }
}

function standingsOf(
  { flights }: SynthesisInput,
  context: SynthesisContext,
): ReadonlyMap<string, CampaignStanding> {
  return new Map(Array.from(flights, ([id, flight]) => [id, standingOf(id, flight, context)]))
}

/** Standings of the campaigns that a risk, a call or a waiting move speaks of; the others need no fact. */
function toldStandings(
  { risks, portfolio, pending }: Pick<SynthesisParts, 'risks' | 'portfolio' | 'pending'>,
  standings: SynthesisParts['standings'],
): CampaignStanding[] {
  const told = new Set([
    ...risks.items.map(({ campaignId }) => campaignId),
    ...portfolio.judged
      .filter(({ ruling }) => ruling.action !== 'hold')
      .map(({ subject }) => subject.campaignId),
    ...pending.moves.flatMap(({ campaignId, toLine }) => [
      campaignId,
      toLine === null ? null : endsOfLine(toLine).campaignId,
    ]),
  ])
  return [...standings.values()].filter(({ campaignId }) => told.has(campaignId))
}

/** Where ledger, platforms and rollups know other sums of spend or of value. */
function sourceFindings(
  book: FactBook,
  input: SynthesisInput,
  { policy, facts }: { policy: SynthesisContext['policy']; facts: ReadonlyMap<string, Fact> },
): Finding[] {
  const bounds = {
    currency: policy.company.currency,
    toleranceShare: policy.campaign_roi.reconciliation_tolerance_share,
  }
  return [
    ...spendSourceFinding(book, spendOf(input.spend), bounds),
    ...valueSourceFinding(book, { facts, rollups: input.rollups }, bounds),
  ]
}

/** p of each segment's change that was looked at. */
function testedP({ judged }: PortfolioReview): number[] {
  return judged.flatMap(({ momentum: { call } }) =>
    call === undefined || call.adjustedP === null ? [] : (call.change.p ?? []),
  )
}

/** Segments to stop; null when there is none and no segment's direction was looked at. */
function segmentStops({ judged }: PortfolioReview): number | null {
  const stops = judged.filter(({ ruling }) => ruling.action === 'stop').length
  const isBlind = judged.every(
    ({ momentum }) => momentum.direction === 'unknown' && !isLookedAt(momentum),
  )
  return stops === 0 && isBlind ? null : stops
}

/** Targets missed; null when none could be held against anything. */
function targetsMissed({ statuses }: TargetReview): number | null {
  const known = statuses.filter(({ status }) => status !== 'not_assessable')
  return known.length === 0 ? null : known.filter(({ status }) => status === 'missed').length
}

function publishedOf(
  book: FactBook,
  input: SynthesisInput,
  { context, facts }: { context: SynthesisContext; facts: ReadonlyMap<string, Fact> },
): PublishedReview {
  return reviewPublished(
    book,
    {
      figures: input.published,
      cells: input.funnel,
      experiments: input.experiments,
      dataEnds: input.dataEnds,
      names: input.names,
    },
    {
      month: context.month,
      stages: context.policy.operating_model.lifecycle_stages,
      tellsDropOffs: !hasTold(input.earlier.stages, 'funnel.claimed_drop_off'),
      facts,
    },
  )
}

function spendOf({ ledger, platforms, rollups }: SynthesisInput['spend']): SpendSources {
  return {
    ledger: spendQuantity(ledger),
    platforms: spendQuantity(platforms),
    rollups: spendQuantity(rollups),
    rows: { ledger: ledger.rows, platforms: platforms.rows, rollups: rollups.rows },
  }
}

function spendQuantity({ minor }: SpendSum): Quantity {
  return minor === null ? notMeasured('the source has no spend of the month') : measured(minor)
}

/** Every fact of the synthesis, as far as it has been entered. */
export function ownFacts({ risks, portfolio, approvals, book }: SynthesisParts): Fact[] {
  return [...risks.facts, ...portfolio.facts, ...approvals.facts, ...book.list()]
}

/** Facts of the earlier stages and of the synthesis by id. */
export function factsById(
  stages: readonly StageResult[],
  own: readonly Fact[],
): ReadonlyMap<string, Fact> {
  const all = [...stages.flatMap(({ facts }) => facts), ...own]
  return new Map(all.map((fact) => [fact.id, fact]))
}
