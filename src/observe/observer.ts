import { SpanStatusCode, trace } from '@opentelemetry/api'

import { AppError } from '../errors.ts'
import type { Bell } from '../queue/bell.ts'
import type { BellRun, Handled } from '../queue/queue.ts'
import { failureFields, type Log } from './log.ts'
import type { Metrics } from './metrics.ts'

type OnStage = (stage: string, event: 'begins' | 'ends') => void

/** Logs, counts and traces what workers do, in one place. */
export interface Observer {
  readonly log: Log
  /** Runs a job inside a span, and tells how it ended. */
  readonly job: (bell: Bell, run: BellRun, work: () => Promise<Handled>) => Promise<Handled>
  /** To be told of the stages of one review. */
  readonly stages: (ids: { readonly reviewId: string; readonly jobId: string }) => OnStage
  readonly failure: (error: unknown, words: string) => void
}

/** An observer of this process. Without an OpenTelemetry SDK, spans cost nothing and go nowhere. */
export function createObserver(log: Log, metrics: Metrics): Observer {
  const tracer = trace.getTracer('marketing-orchestrator')
  return {
    log,
    job: (bell, run, work) =>
      tracer.startActiveSpan(`job ${bell.kind}`, async (span) => {
        const began = performance.now()
        const ids = { kind: bell.kind, jobId: run.jobId, ...subjectOf(bell) }
        span.setAttributes({
          'mo.job': run.jobId,
          'mo.kind': bell.kind,
          'mo.subject': bell.subject,
        })
        const ended = (outcome: string): number => {
          const ms = Math.round(performance.now() - began)
          metrics.jobEnded({ kind: bell.kind, outcome, ms })
          return ms
        }
        try {
          const handled = await work()
          log.info(
            { ...ids, attempt: run.attempt, outcome: handled.kind, ms: ended(handled.kind) },
            'job ended',
          )
          return handled
        } catch (error) {
          const handedBack = error instanceof AppError && error.code === 'WORK_HANDED_BACK'
          if (!handedBack) span.setStatus({ code: SpanStatusCode.ERROR })
          const ms = ended(handedBack ? 'handed_back' : 'failed')
          log[handedBack ? 'info' : 'warn'](
            { ...ids, ...failureFields(error), attempt: run.attempt, ms },
            'job stopped',
          )
          throw error
        } finally {
          span.end()
        }
      }),
    stages: (ids) => observeStages(ids, { log, metrics }),
    failure: (error, words) => log.warn(failureFields(error), words),
  }
}

function subjectOf({ kind, subject }: Bell) {
  return kind === 'review' ? { reviewId: subject } : { workspace: subject }
}

function observeStages(
  ids: { readonly reviewId: string; readonly jobId: string },
  { log, metrics }: { readonly log: Log; readonly metrics: Metrics },
): OnStage {
  const tracer = trace.getTracer('marketing-orchestrator')
  const running = new Map<string, { readonly began: number; readonly end: () => void }>()
  return (stage, event) => {
    if (event === 'begins') {
      const span = tracer.startSpan(`stage ${stage}`, {
        attributes: { 'mo.review': ids.reviewId, 'mo.stage': stage },
      })
      running.set(stage, { began: performance.now(), end: () => span.end() })
      return
    }
    const begun = running.get(stage)
    if (begun === undefined) return
    const ms = Math.round(performance.now() - begun.began)
    begun.end()
    metrics.stageEnded(stage, ms)
    log.info({ ...ids, stage, ms }, 'stage ended')
  }
}
