import { createTransport } from 'nodemailer'

import { sha256 } from '../store/hash.ts'
import type { Message } from './outbox.ts'

const TIMEOUT_MS = 10_000

/** A sender of mail over an SMTP server; `close` ends its connections. */
export interface Mailer {
  readonly send: (message: Message) => Promise<void>
  readonly close: () => void
}

/**
 * Mail through the server of `SMTP_URL` (`smtps://user:password@host`, `smtp://host:25`). The message id is made of the message's key, so that a
 * message that is sent again is the same message. Plain text; a line break in an address or subject cannot begin a header.
 */
export function createMailer(smtpUrl: string, from: string): Mailer {
  const transport = createTransport({
    url: smtpUrl,
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  return {
    send: async ({ key, recipient, subject, body }) => {
      await transport.sendMail({
        from,
        to: { name: '', address: oneLine(recipient) },
        subject: oneLine(subject),
        text: body,
        messageId: `<${sha256(key).slice(0, 32)}@marketing-orchestrator>`,
      })
    },
    close: () => transport.close(),
  }
}

/** What nodemailer calls a failure of the connection or the login; whatever else, the server said of the message. */
const AWAY = [
  'ECONNECTION',
  'ESOCKET',
  'ETIMEDOUT',
  'EDNS',
  'ETLS',
  'EAUTH',
  'ENOAUTH',
  'EPROTOCOL',
]

/** Whether nobody was there to take the message, or nobody who knows us. */
export function isServerAway(error: unknown): boolean {
  return error instanceof Error && 'code' in error && AWAY.includes(String(error.code))
}

function oneLine(text: string): string {
  return text.replace(/[\r\n]+/g, ' ')
}
