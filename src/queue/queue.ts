import type { Bell } from './bell.ts'

/** Where a bell stands in line: lower turns are served first, equal ones in the order they rang. At least 1. */
export interface RingOptions {
  readonly turn: number
}

/** A calendar entry that rings a bell by itself. */
export interface QueueSchedule {
  readonly bell: Bell
  /** Five cron fields, read in `timeZone`. */
  readonly pattern: string
  readonly timeZone: string
}

export interface QueueDepth {
  readonly waiting: number
  readonly active: number
  readonly delayed: number
}

/** What a handler is told about its run. */
export interface BellRun {
  /** Aborted when the process is asked to stop or lost its hold on the job. */
  readonly signal: AbortSignal
  readonly turn: number
  readonly jobId: string
  /** 1 at the first try. */
  readonly attempt: number
}

/** `done`: nothing more to do. `again`: ring once more after a while; that is no failure and counts as no attempt. */
export type Handled =
  | { readonly kind: 'done' }
  | { readonly kind: 'again'; readonly afterMs: number }

export type BellHandler = (bell: Bell, run: BellRun) => Promise<Handled>

/** Why a bell is rung no more. */
export interface DeadBell {
  readonly bell: Bell
  /** From the error catalogue; `INTERNAL` for a fault of the program, `STALLED` when it took its workers down. */
  readonly code: string
  readonly message: string
  readonly attempts: number
}

export interface WorkOptions {
  readonly handle: BellHandler
  /** Called before the queue lets go of a bell for good. */
  readonly onDead: (dead: DeadBell) => Promise<void>
  /** Failures of the queue itself; it goes on by itself. */
  readonly onError: (error: unknown) => void
  /** Bells heard at the same time at most. */
  readonly concurrency: number
  readonly timing?: Partial<QueueTiming>
}

export interface QueueTiming {
  /** A worker that is silent for so long has lost its job to others. */
  readonly lockMs: number
  /** First pause before a failed job is tried again; doubles with each try, and half of it is chance. */
  readonly backoffMs: number
  /** Tries of a job in all. */
  readonly attemptsMax: number
}

export const DEFAULT_TIMING: QueueTiming = { lockMs: 30_000, backoffMs: 5_000, attemptsMax: 8 }

export interface QueueWorker {
  /** Stops taking bells, aborts what runs, hands it back, and waits until that is done. */
  readonly close: () => Promise<void>
}

/** The doorbell. One contract, kept by every backend; see the contract suite in the tests. */
export interface WorkQueue {
  readonly backend: 'postgres' | 'redis'
  /** Rings. A bell that waits already stays where it is; one that is being handled rings once more afterwards. */
  readonly ring: (bell: Bell, options: RingOptions) => Promise<void>
  /** Whether the bell rings or is being handled now. */
  readonly isRung: (bell: Bell) => Promise<boolean>
  /** Makes exactly these calendar entries stand, by key; one that stands is left as it is, so another entry needs another key. */
  readonly setSchedules: (schedules: ReadonlyMap<string, QueueSchedule>) => Promise<void>
  /** Keys of the calendar entries that stand. */
  readonly scheduleKeys: () => Promise<string[]>
  readonly depth: () => Promise<QueueDepth>
  /** The bell of a job; undefined when there is no such job. */
  readonly bellOf: (jobId: string) => Promise<Bell | undefined>
  /** BullMQ's own queue, for BullMQ's own page; whoever rings or works uses the rest of this port. */
  readonly bullQueue: object
  readonly work: (options: WorkOptions) => QueueWorker
  /** Fails when the backend does not answer. */
  readonly check: () => Promise<void>
  readonly close: () => Promise<void>
}
