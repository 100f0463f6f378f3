import { AsyncLocalStorage } from 'node:async_hooks'

import {
  context,
  ROOT_CONTEXT,
  SpanStatusCode,
  trace,
  type Attributes,
  type Context,
  type Span,
  type Tracer,
} from '@opentelemetry/api'

/** A span that ended. */
export interface EndedSpan {
  readonly name: string
  readonly parent: string | undefined
  readonly attributes: Attributes
  readonly failed: boolean
}

/** Collects the spans of this process, as an SDK would, without its batches. */
export function collectSpans(): { readonly ended: EndedSpan[]; readonly stop: () => void } {
  const ended: EndedSpan[] = []
  const names = new Map<string, string>()
  const contexts = new AsyncLocalStorage<Context>()
  context.setGlobalContextManager({
    active: () => contexts.getStore() ?? ROOT_CONTEXT,
    with: (active, work, self, ...values) => contexts.run(active, () => work.call(self, ...values)),
    bind: (_active, target) => target,
    enable() {
      return this
    },
    disable() {
      return this
    },
  })
  const startSpan: Tracer['startSpan'] = (name, options, active = context.active()) => {
    const parent = trace.getSpanContext(active)?.spanId
    const span = createSpan({ ...options?.attributes }, (attributes, failed) => {
      const of = parent === undefined ? undefined : names.get(parent)
      ended.push({ name, parent: of, attributes, failed })
    })
    names.set(span.spanContext().spanId, name)
    return span
  }
  const tracer: Pick<Tracer, 'startSpan'> & { startActiveSpan: (...values: unknown[]) => unknown } =
    {
      startSpan,
      startActiveSpan: (name, options, work) => {
        if (typeof name !== 'string' || typeof work !== 'function')
          throw new TypeError('three values')
        const span = startSpan(name, isOptions(options) ? options : {})
        return context.with(trace.setSpan(context.active(), span), () => work(span))
      },
    }
  trace.setGlobalTracerProvider({ getTracer: () => tracer })
  return {
    ended,
    stop: () => {
      trace.disable()
      context.disable()
    },
  }
}

function isOptions(value: unknown): value is { attributes?: Attributes } {
  return typeof value === 'object' && value !== null
}

let spans = 0

function createSpan(
  attributes: Attributes,
  onEnd: (attributes: Attributes, failed: boolean) => void,
): Span {
  const spanId = String((spans += 1)).padStart(16, '0')
  let failed = false
  const span: Span = {
    spanContext: () => ({ traceId: '1'.padStart(32, '0'), spanId, traceFlags: 1 }),
    setAttribute: (key, value) => span.setAttributes({ [key]: value }),
    setAttributes: (more) => {
      Object.assign(attributes, more)
      return span
    },
    setStatus: ({ code }) => {
      failed = code === SpanStatusCode.ERROR
      return span
    },
    addEvent: () => span,
    addLink: () => span,
    addLinks: () => span,
    updateName: () => span,
    recordException: () => undefined,
    isRecording: () => true,
    end: () => onEnd(attributes, failed),
  }
  return span
}
