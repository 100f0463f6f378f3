import type { ReviewPorts } from '#graph/ports.ts'

import type { ChatModel } from '../llm/chat.ts'
import { inSpan } from '../observe/span.ts'

/** The ports of a review, each call of which is a span: what the graph asks of the world, stage by stage. */
export function tracedPorts(ports: ReviewPorts, reviewId: string): ReviewPorts {
  const attributes = { 'mo.review': reviewId }
  const traced =
    <Result>(name: string, ask: () => Promise<Result>) =>
    () =>
      inSpan(`step ${name}`, attributes, ask)
  return {
    admit: traced('intake', ports.admit),
    runStage: (stage) =>
      inSpan(`stage ${stage}`, { ...attributes, 'mo.stage': stage }, () => ports.runStage(stage)),
    fileApprovals: traced('file_approvals', ports.fileApprovals),
    approvalOutcomes: traced('approval', ports.approvalOutcomes),
    applyMoves: traced('apply', ports.applyMoves),
    publish: traced('publish', ports.publish),
  }
}

/** The model, each call of which is a span with the tokens it took; of what was asked and answered, nothing. */
export function tracedModel(model: ChatModel): ChatModel {
  return {
    ...model,
    complete: (call) =>
      inSpan('model call', { 'mo.model': model.name, 'mo.format': call.format }, async (span) => {
        const reply = await model.complete(call)
        const { usage, status } = reply
        span.setAttributes({
          ...(status === null ? {} : { 'http.response.status_code': status }),
          ...(usage === null
            ? {}
            : { 'mo.input_tokens': usage.inputTokens, 'mo.output_tokens': usage.outputTokens }),
        })
        return reply
      }),
  }
}
