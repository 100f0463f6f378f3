import type { Store } from '../store/store.ts'
import { DEFAULT_TIMING, type QueueTiming, type WorkQueue } from './queue.ts'

/** Where the queue lives and how patient it is. */
export interface QueueOptions {
  /** Undefined: in the store's own database. */
  readonly redisUrl: string | undefined
  readonly timing?: Partial<QueueTiming>
}

/**
 * Opens the doorbell. BullMQ and its clients are loaded here and nowhere else: they cost a command a third of a second.
 *
 * @throws AppError `QUEUE_UNAVAILABLE`, `STORE_UNAVAILABLE`, `CONFIG_INVALID`.
 */
export async function openQueue(store: Store, options: QueueOptions): Promise<WorkQueue> {
  const timing = { ...DEFAULT_TIMING, ...options.timing }
  const { createBullQueue } = await import('./bull-queue.ts')
  if (options.redisUrl !== undefined) {
    const { openRedisBackend } = await import('./redis-backend.ts')
    return createBullQueue(await openRedisBackend(options.redisUrl), timing)
  }
  const { openPostgresBackend } = await import('./postgres-backend.ts')
  return createBullQueue(await openPostgresBackend(store), timing)
}
