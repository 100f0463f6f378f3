import { createServer, type Socket } from 'node:net'

/** A message as a mail server took it. */
export interface ReceivedMail {
  readonly from: string
  readonly to: string
  readonly data: string
}

/** A mail server that speaks enough SMTP to take messages; it refuses recipients that begin with `nobody`. */
export async function startSmtpServer() {
  const mails: ReceivedMail[] = []
  const server = createServer((socket) => serve(socket, mails))
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `smtp://127.0.0.1:${port}`,
    mails,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
      }),
  }
}

function serve(socket: Socket, mails: ReceivedMail[]): void {
  const say = (line: string): boolean => socket.write(`${line}\r\n`)
  const mail = { from: '', to: '', data: '' }
  let open = ''
  let isData = false
  const answer = (line: string): void => {
    const word = line.slice(0, 4).toUpperCase()
    if (word === 'MAIL') mail.from = line
    if (word === 'RCPT' && line.includes('<nobody')) say('550 no such user')
    else if (word === 'RCPT') {
      mail.to = line
      say('250 ok')
    } else if (word === 'DATA') {
      isData = true
      say('354 go on')
    } else if (word === 'QUIT') {
      say('221 bye')
      socket.end()
    } else say('250 ok')
  }
  socket.setEncoding('utf8').on('data', (part: string) => {
    open += part
    for (;;) {
      const end = isData ? open.indexOf('\r\n.\r\n') : open.indexOf('\r\n')
      if (end < 0) return
      const text = open.slice(0, end)
      open = open.slice(end + (isData ? 5 : 2))
      if (isData) {
        isData = false
        mails.push({ ...mail, data: text })
        say('250 taken')
      } else answer(text)
    }
  })
  socket.on('error', () => undefined)
  say('220 test')
}
