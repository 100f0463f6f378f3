import { AppError } from '../errors.ts'

const ANSWER_MS = 10_000

/**
 * What the queue answers.
 *
 * @throws AppError `QUEUE_UNAVAILABLE` when it fails or keeps silent: clients of Redis wait for a lost server for ever.
 */
export async function answered<Value>(asked: Promise<Value>): Promise<Value> {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    reject(new AppError('QUEUE_UNAVAILABLE', { got: `no answer for ${ANSWER_MS / 1000} s` }))
  }, ANSWER_MS)
  try {
    return await Promise.race([asked, promise])
  } catch (cause) {
    if (cause instanceof AppError) throw cause
    throw new AppError('QUEUE_UNAVAILABLE', {
      got: cause instanceof Error ? cause.message : String(cause),
      cause,
    })
  } finally {
    clearTimeout(timer)
  }
}
