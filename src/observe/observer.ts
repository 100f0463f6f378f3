import { AppError } from '../errors.ts'
import type { Bell } from '../queue/bell.ts'
import type { BellRun, Handled } from '../queue/queue.ts'
import { failureFields, type Log } from './log.ts'
import type { Metrics } from './metrics.ts'
import { inSpan } from './span.ts'

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
  return {
    log,
    job: (bell, run, work) => {
      const attributes = { 'mo.job': run.jobId, 'mo.kind': bell.kind, 'mo.subject': bell.subject }
      return inSpan(`job ${bell.kind}`, attributes, async () => {
        const began = performance.now()
        const ids = { kind: bell.kind, jobId: run.jobId, ...subjectOf(bell) }
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
          const ms = ended(handedBack ? 'handed_back' : 'failed')
          log[handedBack ? 'info' : 'warn'](
            { ...ids, ...failureFields(error), attempt: run.attempt, ms },
            'job stopped',
          )
          throw error
        }
      })
    },
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
  const running = new Map<string, number>()
  return (stage, event) => {
    if (event === 'begins') {
      running.set(stage, performance.now())
      return
    }
    const began = running.get(stage)
    if (began === undefined) return
    const ms = Math.round(performance.now() - began)
    metrics.stageEnded(stage, ms)
    log.info({ ...ids, stage, ms }, 'stage ended')
  }
}
