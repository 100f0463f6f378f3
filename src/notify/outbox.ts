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
const AT_ONCE = 20

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

/**
 * Sends what was not sent yet. Several processes may do so at once and meet no message twice; one that dies after sending and before noting it
 * sends again under the same message id, which mail servers and readers fold into one.
 */
export async function dispatchMessages(
  { pool }: Pick<Store, 'pool'>,
  send: (message: Message) => Promise<void>,
): Promise<Dispatched> {
  return inTransaction(pool, async (client) => {
    const due = await query(client, MessageRow, {
      text: `select message_key, recipient, subject, body from mo.outbox
             where sent_at is null and attempts < $1
             order by created_at, message_key limit $2 for update skip locked`,
      values: [ATTEMPTS_MAX, AT_ONCE],
    })
    let sent = 0
    for (const message of due) {
      const failure = await send(message).then(
        () => null,
        (error: unknown) => (error instanceof Error ? error.message : 'unknown'),
      )
      if (failure === null) sent++
      await execute(client, {
        text: `update mo.outbox set attempts = attempts + 1, last_error = $2,
                 sent_at = case when $2::text is null then clock_timestamp() end
               where message_key = $1`,
        values: [message.key, failure],
      })
    }
    return { sent, failed: due.length - sent }
  })
}
