import { END, START, StateGraph, type BaseCheckpointSaver } from '@langchain/langgraph'

import type { StageName } from '#rules/schema/review.ts'

import { createApprovalGate } from './approval-gate.ts'
import type { ReviewPorts } from './ports.ts'
import { routeAfterAdmission, routeAfterApply, routeAfterFiling } from './routing.ts'
import { ReviewState } from './state.ts'

/** Nodes of the review in the order they run; the gate is skipped when nobody has to be asked. */
export const NODES = [
  'intake',
  'campaign_roi',
  'funnel',
  'attribution',
  'content',
  'lead_scoring',
  'budget',
  'file_approvals',
  'approval',
  'apply',
  'synthesis',
  'publish',
] as const

/**
 * The monthly review as a durable state graph: intake → campaign ROI → funnel → attribution → content → lead scoring → budget → approval
 * interrupt → apply → synthesis → publish. From apply it goes back to the gate when an approval became void before it was applied. Each node is one unit of work that is checkpointed when done.
 */
export function createReviewGraph(ports: ReviewPorts, checkpointer: BaseCheckpointSaver) {
  const stage = (name: StageName) => async () => ({ receipts: await ports.runStage(name) })
  return new StateGraph(ReviewState)
    .addNode('intake', async () => ({ gate: await ports.admit() }))
    .addNode('campaign_roi', stage('campaign_roi'))
    .addNode('funnel', stage('funnel'))
    .addNode('attribution', stage('attribution'))
    .addNode('content', stage('content'))
    .addNode('lead_scoring', stage('lead_scoring'))
    .addNode('budget', stage('budget'))
    .addNode('file_approvals', async () => ({ pending: await ports.fileApprovals() }))
    .addNode('approval', createApprovalGate(ports))
    .addNode('apply', () => ports.applyMoves())
    .addNode('synthesis', stage('synthesis'))
    .addNode('publish', async () => {
      await ports.publish()
      return { published: true }
    })
    .addEdge(START, 'intake')
    .addConditionalEdges('intake', routeAfterAdmission, ['campaign_roi', 'publish'])
    .addEdge('campaign_roi', 'funnel')
    .addEdge('funnel', 'attribution')
    .addEdge('attribution', 'content')
    .addEdge('content', 'lead_scoring')
    .addEdge('lead_scoring', 'budget')
    .addEdge('budget', 'file_approvals')
    .addConditionalEdges('file_approvals', routeAfterFiling, ['approval', 'apply'])
    .addEdge('approval', 'apply')
    .addConditionalEdges('apply', routeAfterApply, ['approval', 'synthesis'])
    .addEdge('synthesis', 'publish')
    .addEdge('publish', END)
    .compile({ checkpointer })
}

export type ReviewGraph = ReturnType<typeof createReviewGraph>
