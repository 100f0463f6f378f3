import type { Store } from '../store/store.ts'
import { createMailer, isServerAway } from './mail.ts'
import { dispatchMessages, type Dispatched } from './outbox.ts'

/** Sends what waits in the outbox by mail; the sender is the user of the server, else a name at its host. */
export async function sendMail(
  store: Store,
  smtpUrl: string,
  signal?: AbortSignal,
): Promise<Dispatched> {
  const { username, hostname } = new URL(smtpUrl)
  const user = decodeURIComponent(username)
  const mailer = createMailer(
    smtpUrl,
    user.includes('@') ? user : `marketing-orchestrator@${hostname}`,
  )
  try {
    return await dispatchMessages(store, {
      send: mailer.send,
      isAway: isServerAway,
      ...(signal === undefined ? {} : { signal }),
    })
  } finally {
    mailer.close()
  }
}
