import { createHash } from 'node:crypto'

import { z } from 'zod'

import { canonicalJson } from '#rules/kernel/canonical-json.ts'
import { sortByText } from '#rules/kernel/order.ts'
import { distinctPart } from '#rules/kernel/text-id.ts'
import type { Policy } from '#rules/policy/policy.ts'
import {
  ReviewDocument,
  type DocumentApproval,
  type DocumentMove,
  type DocumentNarrative,
  type InsightToLive,
  ValueChange,
} from '#rules/schema/document.ts'
import type { StageResult } from '#rules/schema/review.ts'
import type { SynthesisStageResult } from '#rules/schema/synthesis.ts'
import { tokensOf } from '#rules/schema/template.ts'

import type { Manifest } from '../ingest/manifest.ts'
import { publishedWords, type PublishedNarrative } from '../runtime/fluent-words.ts'
import { localDateOf } from '../runtime/local-time.ts'
import { peopleWhoMayDecide } from '../runtime/may-decide.ts'
import type { MeetingIssue } from '../runtime/meeting.ts'
import { moveOf } from '../runtime/moves.ts'
import type { ReviewRecords } from '../runtime/records.ts'
import type { ApprovalDecision } from '../store/approval-decisions.ts'
import { standing, type Approval } from '../store/approvals.ts'
import type { NarrativeDecision } from '../store/narrative-decisions.ts'
import type { Review } from '../store/reviews.ts'
import { adjustedMoves, beforeDecisions, sentencesAsDecided } from './as-decided.ts'
import { formatFact } from './format.ts'
import { trustReasonText } from './trust-words.ts'
import { indexReview, renderText, type ReviewIndex } from './words.ts'

/** Everything a document is made of. */
export interface DocumentParts {
  readonly review: Review
  readonly manifest: Manifest
  readonly policy: Policy
  readonly records: ReviewRecords
  /** What persons said to fluent prose of models. */
  readonly wordDecisions?: readonly NarrativeDecision[]
  /** True when the synthesis in `records` was made for an interim report and is not kept. */
  readonly interim: boolean
  /** When the report went out for its meeting before everything was decided. */
  readonly meeting?: MeetingIssue | undefined
  readonly approvals: readonly Approval[]
  readonly decisions: readonly ApprovalDecision[]
  /** Of approvals whose change was ordered. */
  readonly insightToLive?: ReadonlyMap<string, InsightToLive>
}

/** The review as `review.json` holds it: the same parts give the same document. */
export function buildDocument(parts: DocumentParts): ReviewDocument {
  const { review, manifest, policy, records } = parts
  const results = Array.from(records.stages.values(), (record) => record.result)
  const index = indexReview(results)
  const decisions = results.flatMap((result) => result.decisions)
  const budget = { moves: movesOf(parts), approvals: approvalsOf(parts) }
  return ReviewDocument.parse({
    schemaVersion: '1.0',
    reviewId: review.reviewId,
    workspace: review.workspace,
    company: policy.company.name,
    month: review.month,
    asOf: review.asOf,
    timeZone: policy.company.time_zone,
    status: review.status === 'created' ? 'running' : review.status,
    interim: parts.interim,
    ...(parts.meeting === undefined ? {} : { issuedForMeeting: parts.meeting }),
    inputs: manifest.datasets.map(({ dataset, state, rows, rejected, sha256 }) => ({
      dataset,
      state,
      rows,
      rejected,
      sha256: sha256 ?? null,
    })),
    policy: { version: policy.version, sha256: review.policySha256 },
    trust: {
      grade: records.intake?.grade ?? 'F',
      reasons: (records.intake?.reasons ?? []).map(({ code, subject, compared }) => ({
        code,
        subject,
        compared,
      })),
    },
    facts: Object.fromEntries(index.facts),
    stages: Object.fromEntries(
      results.map((result) => [result.stage, { ...stageOf(result), ...noteOf(result, budget) }]),
    ),
    decisions,
    ...executivePage(records, index, review),
    budget,
    narratives: Object.fromEntries(
      Array.from(publishedWords(records, parts.wordDecisions ?? [], policy), ([stage, words]) => [
        stage,
        narrativeOf(stage === 'budget' ? wordsAsDecided(words, budget) : words, index),
      ]),
    ),
    decisionsSha256: createHash('sha256').update(canonicalJson(decisions)).digest('hex'),
  })
}

function stageOf({ status, findings, tables, charts, decisions }: StageResult) {
  return {
    status,
    findings,
    tables,
    charts,
    decisionIds: decisions.map((decision) => decision.id),
  }
}

/** What was said of moves before people answered is marked as such. */
function noteOf({ stage }: StageResult, budget: ReviewDocument['budget']) {
  const note = stage === 'budget' ? beforeDecisions(budget) : undefined
  return note === undefined ? {} : { note }
}

function wordsAsDecided(
  words: PublishedNarrative,
  budget: ReviewDocument['budget'],
): PublishedNarrative & Pick<DocumentNarrative, 'adjusted'> {
  const adjusted = adjustedMoves(budget)
  const sentences = sentencesAsDecided(words.sentences, budget, distinctPart)
  return { ...words, sentences, ...(adjusted.length === 0 ? {} : { adjusted }) }
}

/** The moves of the budget stage, each with the amount that its standing request asks for; an impact was estimated for the first amount alone. */
function movesOf({ records, approvals }: DocumentParts): DocumentMove[] {
  const asked = new Map(
    standing(approvals).map((approval) => [moveOf(approval).id, moveOf(approval)] as const),
  )
  return (records.budget?.result.moves ?? []).map((move) => {
    const { amount, impactNotMeasured } = asked.get(move.id) ?? move
    return amount.minor === move.amount.minor
      ? move
      : { ...move, amount, proposedAmount: move.amount, expectedImpact: null, impactNotMeasured }
  })
}

/** The parts of the document that the last stage fills; before it has run they are empty and the verdict is not assessable. */
function executivePage(
  { synthesis, intake }: ReviewRecords,
  index: ReviewIndex,
  review: { readonly month: string },
) {
  if (synthesis === undefined) {
    return {
      health: {
        verdict: 'not_assessable',
        reasons: (intake?.reasons ?? [])
          .filter(({ steps }) => steps > 0)
          .map((reason) => ({
            code: reason.code,
            text: trustReasonText(reason, review),
          })),
        unmeasured: [],
        decisionId: null,
      },
      targets: [],
      segments: [],
      risks: [],
      actions: [],
      focus: [],
    }
  }
  const { health, segments, focus } = synthesis.result
  return {
    health: {
      verdict: health.verdict,
      reasons: health.reasons.map(({ code, text }) => ({ code, text: renderText(text, index) })),
      unmeasured: health.unmeasured,
      decisionId: health.decisionId,
    },
    targets: targetsOf(synthesis.result, index),
    segments: segments.map(({ segmentId, campaignId, name, momentum, action, decisionId }) => ({
      segmentId,
      campaignId,
      name,
      momentum,
      action,
      decisionId,
    })),
    risks: risksOf(synthesis.result, index),
    actions: actionsOf(synthesis.result, index),
    focus: focus.map((text) => renderText(text, index)),
  }
}

const OPERATOR_SIGNS = { at_least: '≥', at_most: '≤' } as const

function targetsOf({ targets }: SynthesisStageResult, index: ReviewIndex) {
  const shown = (id: string): string => {
    const fact = index.facts.get(id)
    return fact === undefined ? 'not measured' : formatFact(fact)
  }
  return targets.map(({ id, label, operator, target, actual, status }) => ({
    id,
    label,
    target: `${OPERATOR_SIGNS[operator]} ${shown(target)}`,
    actual: shown(actual),
    factId: index.facts.has(actual) ? actual : null,
    status,
  }))
}

function risksOf({ risks }: SynthesisStageResult, index: ReviewIndex) {
  return risks.map(({ riskId, title, severity, status, ownerName, whatToDo, dueOn }) => ({
    riskId,
    title,
    severity,
    status,
    owner: ownerName,
    response: renderText(whatToDo, index),
    due: dueOn,
  }))
}

function actionsOf({ actions }: SynthesisStageResult, index: ReviewIndex) {
  return actions.map((action) => ({
    rank: action.rank,
    title: renderText(action.title, index),
    owner: action.ownerName,
    due: action.due,
    expectedImpact: action.expectedImpact,
    impactNotMeasured: action.impactNotMeasured,
    resources: action.resources.map((text) => renderText(text, index)),
    decisionIds: action.decisionIds,
  }))
}

function approvalsOf(parts: DocumentParts): DocumentApproval[] {
  const { approvals, decisions } = parts
  const stand = standing(approvals)
  const replaced = approvals.filter((approval) => !stand.includes(approval))
  // What stands comes first, so that the first request found for a move is the one that counts.
  return [stand, replaced]
    .flatMap((group) => sortByText(group, (approval) => approval.approvalId))
    .map((approval) => ({
      approvalId: approval.approvalId,
      moveId: moveOf(approval).id,
      tier: approval.tier,
      approversNeeded: approval.approversNeeded,
      roles: approval.roles,
      proposer: approval.proposer,
      mayDecide: approval.status === 'pending' ? mayDecide(approval, parts) : [],
      status: approval.status,
      statusReason: approval.statusReason,
      amount: moveOf(approval).amount,
      supersedes: approval.supersedes,
      difference: z.array(ValueChange).parse(JSON.parse(approval.difference)),
      expiresAt: approval.expiresAt,
      ...timeOf(approval, parts),
      decisions: decisions
        .filter((decision) => decision.approvalId === approval.approvalId)
        .map(({ person, onBehalfOf, decision, reason, decidedAt }) => ({
          person,
          onBehalfOf,
          decision,
          reason,
          decidedAt,
        })),
    }))
}

function timeOf({ approvalId }: Approval, { insightToLive }: DocumentParts) {
  const time = insightToLive?.get(approvalId)
  return time === undefined ? {} : { insightToLive: time }
}

/** Who holds the right on the day of the review; delegations are looked at again when somebody decides. */
function mayDecide(approval: Approval, { policy, review, decisions }: DocumentParts) {
  const given = decisions.filter((decision) => decision.approvalId === approval.approvalId)
  const on = localDateOf(review.asOf, policy.company.time_zone)
  return peopleWhoMayDecide(approval, given, { policy, on })
}

function narrativeOf(
  narrative: PublishedNarrative & Pick<DocumentNarrative, 'adjusted'>,
  index: ReviewIndex,
): DocumentNarrative {
  const { approvedBy, approvedOn, adjusted, shortfall, fluent } = narrative
  const sentences = narrative.sentences.map((sentence) => renderText(sentence, index))
  return {
    text: sentences.join(' '),
    sentences,
    source: narrative.source,
    ...(approvedBy === undefined ? {} : { approvedBy }),
    ...(approvedOn === undefined ? {} : { approvedOn }),
    ...(adjusted === undefined ? {} : { adjusted }),
    ...(shortfall === undefined ? {} : { shortfall }),
    ...(fluent === undefined ? {} : { fluent }),
    factIds: [...new Set(narrative.sentences.flatMap(tokensOf))],
  }
}
