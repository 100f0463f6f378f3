import { SpanStatusCode, trace, type Attributes, type Span } from '@opentelemetry/api'

import { AppError } from '../errors.ts'

const TRACER = 'marketing-orchestrator'

/**
 * Runs `work` inside a span that is the parent of every span begun meanwhile. Names and attributes are words of closed sets, ids and counts,
 * never a text. Without an OpenTelemetry SDK it costs nothing and goes nowhere.
 */
export function inSpan<Result>(
  name: string,
  attributes: Attributes,
  work: (span: Span) => Promise<Result>,
): Promise<Result> {
  return trace.getTracer(TRACER).startActiveSpan(name, { attributes }, async (span) => {
    try {
      return await work(span)
    } catch (error) {
      fail(span, error)
      throw error
    } finally {
      span.end()
    }
  })
}

/**
 * A stream inside a span that ends with it. What its reader does between the batches is no child of it.
 *
 * @yields What the stream gives.
 */
export async function* streamInSpan<Item>(
  name: string,
  attributes: Attributes,
  stream: AsyncIterable<Item>,
): AsyncGenerator<Item> {
  const span = trace.getTracer(TRACER).startSpan(name, { attributes })
  try {
    yield* stream
  } catch (error) {
    fail(span, error)
    throw error
  } finally {
    span.end()
  }
}

/** Work that is handed back because the process was asked to stop has not failed. */
function fail(span: Span, error: unknown): void {
  if (error instanceof AppError && error.code === 'WORK_HANDED_BACK') return
  span.setStatus({ code: SpanStatusCode.ERROR })
}
