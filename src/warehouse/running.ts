import { AppError } from '#src/errors.ts'

/** What an engine has under way. */
export interface Running {
  /**
   * Does work of the engine, and knows of it until it is done.
   *
   * @throws AppError `WAREHOUSE_FAILED` once `end` was called.
   */
  readonly during: <Result>(work: () => Promise<Result>) => Promise<Result>
  /** Lets nothing begin any more, and waits until nothing is under way. What fails meanwhile fails for whoever asked for it. */
  readonly end: () => Promise<void>
}

/** An engine that is closed under a statement crashes the process, or waits for ever: whoever closes it waits for what is under way. */
export function createRunning(): Running {
  const under = new Set<Promise<unknown>>()
  let isEnding = false
  return {
    during: async (work) => {
      if (isEnding) {
        throw new AppError('WAREHOUSE_FAILED', { message: 'the warehouse was closed meanwhile' })
      }
      const doing = work()
      under.add(doing)
      try {
        return await doing
      } finally {
        under.delete(doing)
      }
    },
    end: async () => {
      isEnding = true
      while (under.size > 0) await Promise.allSettled(under)
    },
  }
}

/**
 * A stream whose every step is known while it is under way.
 *
 * @yields What the stream gives.
 */
export async function* streamDuring<Item>(
  running: Running,
  stream: AsyncIterable<Item>,
): AsyncGenerator<Item> {
  const steps = stream[Symbol.asyncIterator]()
  for (;;) {
    const step = await running.during(() => steps.next())
    if (step.done === true) return
    yield step.value
  }
}
