import { z } from 'zod'

import { execute, query } from '../store/query.ts'
import type { Store } from '../store/store.ts'
import { inTransaction, type Queryable } from '../store/transaction.ts'

/** A message to one recipient; the key says what it is about, so that it is written once. */
export interface NewMessage {
  readonly key: string
  readonly workspace: string
  readonly recipient: string
  readonly subject: string
  readonly body: string
}

const ATTEMPTS_MAX = 12
/** At most so many in one call. */
const AT_ONCE = 100

/** Writes a message in the caller's transaction, together with what it tells of. */
export async function queueMessage(client: Queryable, message: NewMessage): Promise<void> {
  await execute(client, {
    text: `insert into mo.outbox (message_key, workspace, recipient, subject, body)
           values ($1, $2, $3, $4, $5) on conflict do nothing`,
    values: [message.key, message.workspace, message.recipient, message.subject, message.body],
  })
}

const MessageRow = z
  .object({ message_key: z.string(), recipient: z.string(), subject: z.string(), body: z.string() })
  .transform(({ message_key: key, ...row }) => ({ key, ...row }))
export type Message = z.output<typeof MessageRow>

/** What became of the messages that were due. */
export interface Dispatched {
  readonly sent: number
  readonly failed: number
}

/** How a message is sent, and how to tell that it was not the message's fault. */
export interface Sending {
  readonly send: (message: Message) => Promise<void>
  /** Whether a failure is the server's: no other message would get through either. Default: never. */
  readonly isAway?: (error: unknown) => boolean
  /** Ends the sending between two messages. */
  readonly signal?: AbortSignal
}

/**
 * Sends what was not sent yet, the oldest first. Several processes may do so at once and meet no message twice; one that dies after sending and
 * before noting it sends this one message again under the same message id, which mail servers and readers fold into one. A message the server
 * does not take is tried again after one minute, two, four …, and rests after twelve times. While the server is away nothing is counted.
 */
export async function dispatchMessages(
  { pool }: Pick<Store, 'pool'>,
  { send, isAway = () => false, signal }: Sending,
): Promise<Dispatched> {
  const tried: string[] = []
  let sent = 0
  let failed = 0
  while (tried.length < AT_ONCE) {
    if (signal?.aborted === true) break
    const outcome = await inTransaction(pool, (client) =>
      dispatchNext(client, tried, { send, isAway }),
    )
    if (outcome === 'none') break
    if (outcome === 'sent') sent++
    else failed++
    if (outcome === 'away') break
  }
  return { sent, failed }
}

/** Sends one message, and notes what became of it in the same transaction, under its lock. */
async function dispatchNext(
  client: Queryable,
  tried: string[],
  { send, isAway }: Required<Omit<Sending, 'signal'>>,
): Promise<'none' | 'sent' | 'refused' | 'away'> {
  const [message] = await query(client, MessageRow, {
    text: `select message_key, recipient, subject, body from mo.outbox
           where sent_at is null and attempts < $1 and message_key <> all ($2::text[])
             and (attempts = 0 or created_at + interval '30 seconds' * 2 ^ attempts <= clock_timestamp())
           order by created_at, message_key limit 1 for update skip locked`,
    values: [ATTEMPTS_MAX, tried],
  })
  if (message === undefined) return 'none'
  tried.push(message.key)
  const failure = await send(message).then(
    () => null,
    (error: unknown) => ({
      away: isAway(error),
      words: error instanceof Error ? error.message : 'unknown',
    }),
  )
  await execute(client, {
    text: `update mo.outbox set attempts = attempts + $3, last_error = $2,
             sent_at = case when $2::text is null then clock_timestamp() end
           where message_key = $1`,
    values: [message.key, failure?.words ?? null, failure?.away === true ? 0 : 1],
  })
  if (failure === null) return 'sent'
  return failure.away ? 'away' : 'refused'
}
