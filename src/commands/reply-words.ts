import { shortfallInWords } from '../report/shortfall-words.ts'
import type { LlmCall } from '../store/llm-calls.ts'
import { columns } from '../terminal/output.ts'

const MICROS = 1e6

/** The calls of a review as a table: which section, which try, what became of it, and what it took. */
export function callTable(calls: readonly LlmCall[]): string {
  return columns([
    ['STAGE', 'TRY', 'FORM', 'MODEL', 'PROMPT', 'WHAT BECAME OF IT', 'TOKENS', 'COST', 'MS', 'RAW'],
    ...calls.map((call) => [
      call.stage,
      String(call.attempt),
      call.format,
      call.returned_model ?? call.requested_model,
      call.prompt_version,
      becameOf(call),
      countOf(call),
      call.cost_micros === null ? 'not known' : (call.cost_micros / MICROS).toFixed(4),
      call.latency_ms === null ? '' : String(call.latency_ms),
      call.raw_reply === null ? 'not kept' : 'kept',
    ]),
  ])
}

function becameOf({ outcome }: LlmCall): string {
  if (outcome === null) return 'not finished'
  if (outcome.kind === 'failed') {
    return shortfallInWords({ code: outcome.reason, httpStatus: outcome.httpStatus })
  }
  const faults = outcome.issues.length
  if (faults === 0) return 'answered'
  return `answered, with ${faults} ${faults === 1 ? 'fault' : 'faults'}`
}

function countOf({ input_tokens: asked, output_tokens: answered }: LlmCall): string {
  return asked === null || answered === null ? 'not known' : `${asked} + ${answered}`
}
