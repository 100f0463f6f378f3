import { Hono, type Context, type Next } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { secureHeaders } from 'hono/secure-headers'

import { AppError } from '../errors.ts'
import { failureFields, type Log } from '../observe/log.ts'
import { beginSession, endSession } from '../people/sessions.ts'
import { parseToken } from '../people/token-text.ts'
import type { WorkQueue } from '../queue/queue.ts'
import type { Store } from '../store/store.ts'
import { admitAction, parseAction } from './actions.ts'
import { createAttempts, type Attempts } from './attempts.ts'
import { createLibraryBoard } from './library-board.ts'
import { PATHS, signInPage, signOutPage } from './pages.ts'
import { visitorWithSession, visitorWithToken, type Visitor } from './visitor.ts'

/** What the page of the queue is about. */
export interface BoardSources {
  readonly store: Store
  readonly queue: WorkQueue
  readonly log: Log
  readonly now: () => Date
}

interface Door extends BoardSources {
  readonly attempts: Attempts
}

type Visit = Context<{ Variables: { visitor: Visitor } }>

const COOKIE = 'mo_session'
const API = `${PATHS.queue}/api`
const BODY_BYTES_MAX = 65_536

/**
 * The queue's page behind sign-in. Who brings no live token of a person of a company's policy sees nothing but the form; who is no operator may
 * only read; what an operator does is on the audit log.
 */
export function createBoardApp(sources: BoardSources): Hono<{ Variables: { visitor: Visitor } }> {
  const door = { ...sources, attempts: createAttempts(sources.now) }
  const reading = createLibraryBoard(sources.queue, { readOnly: true })
  const operating = createLibraryBoard(sources.queue, { readOnly: false })
  const app = new Hono<{ Variables: { visitor: Visitor } }>()
  app.use(secureHeaders(HEADERS))
  app.use(bodyLimit({ maxSize: BODY_BYTES_MAX }))
  app.use((visit, next) => neverKept(visit, next))
  app.get('/', (visit) => visit.redirect(PATHS.queue))
  app.get(PATHS.signIn, (visit) => visit.html(signInPage()))
  app.post(PATHS.signIn, (visit) => signIn(visit, door))
  app.use('*', (visit, next) => letIn(visit, next, door))
  app.get(PATHS.signOut, (visit) => visit.html(signOutPage(visit.get('visitor').person)))
  app.post(PATHS.signOut, (visit) => signOut(visit, door))
  app.use(`${PATHS.queue}/*`, (visit, next) => letAct(visit, next, door))
  app.all(`${PATHS.queue}/*`, (visit) => {
    const { operatorRole } = visit.get('visitor')
    return (operatorRole === null ? reading : operating).fetch(visit.req.raw)
  })
  app.onError((error, visit) => {
    sources.log.warn(failureFields(error), 'the page of the queue failed')
    const isAway = error instanceof AppError && error.retry === 'later'
    return visit.json(
      { error: isAway ? 'store or queue do not answer' : 'failed' },
      isAway ? 503 : 500,
    )
  })
  return app
}

/** Nothing from elsewhere is loaded or told where a reader is, and nothing else frames the pages. */
const HEADERS = {
  contentSecurityPolicy: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'", "'unsafe-inline'"],
    imgSrc: ["'self'", 'data:'],
    connectSrc: ["'self'"],
    fontSrc: ["'self'"],
    baseUri: ["'self'"],
    formAction: ["'self'"],
    frameAncestors: ["'none'"],
  },
  // The origin of a form must reach us: it is how we know that the form is ours.
  referrerPolicy: 'same-origin',
  xFrameOptions: 'DENY',
  // Whoever ends TLS before us decides that for all pages of the host.
  strictTransportSecurity: false,
} satisfies Parameters<typeof secureHeaders>[0]

async function neverKept(visit: Context, next: Next): Promise<void> {
  await next()
  const isStatic = visit.req.path.startsWith(`${PATHS.queue}/static/`)
  if (!isStatic) visit.header('cache-control', 'no-store')
}

async function signIn(visit: Visit, door: Door): Promise<Response> {
  if (!isFromHere(visit)) return visit.text('The form must be that of this page.', 403)
  if (door.attempts.isOver()) return tooMany(visit)
  const { token: given } = await visit.req.parseBody()
  const text = typeof given === 'string' ? given.trim() : ''
  try {
    const { token, sessionHours } = await visitorWithToken(door.store, text)
    const shown = { token, tokenSecret: parseToken(text)?.secret ?? '' }
    const { secret, seconds } = await beginSession(door.store, shown, sessionHours)
    setCookie(visit, COOKIE, secret, {
      httpOnly: true,
      sameSite: 'Strict',
      path: '/',
      maxAge: seconds,
      // Over plain HTTP, as on the loopback, a browser would not send it back.
      secure: isOverTls(visit),
    })
    return visit.redirect(PATHS.queue, 303)
  } catch (error) {
    const refusal = refusalIn(error, door)
    return visit.html(signInPage(`Refused: ${refusal}.`), 401)
  }
}

async function signOut(visit: Visit, { store }: Door): Promise<Response> {
  if (!isFromHere(visit)) return visit.text('The form must be that of this page.', 403)
  const secret = getCookie(visit, COOKIE)
  if (secret !== undefined) await endSession(store, { secret, token: visit.get('visitor').token })
  deleteCookie(visit, COOKIE, { path: '/' })
  return visit.redirect(PATHS.signIn, 303)
}

/** Goes on with who visits, or asks to sign in: by the form where a page was asked for, by the status for all else. */
async function letIn(visit: Visit, next: Next, door: Door): Promise<Response | undefined> {
  const bearer = /^Bearer +(\S+)$/i.exec(visit.req.header('authorization') ?? '')?.[1]
  if (bearer !== undefined && door.attempts.isOver()) return tooMany(visit)
  try {
    const visitor = await visitorOf(visit, bearer, door)
    if (visitor === undefined) return signedOut(visit)
    visit.set('visitor', visitor)
  } catch (error) {
    refusalIn(error, door)
    return signedOut(visit)
  }
  await next()
  return undefined
}

async function visitorOf(
  visit: Visit,
  bearer: string | undefined,
  { store }: Door,
): Promise<Visitor | undefined> {
  if (bearer !== undefined) return visitorWithToken(store, bearer)
  const secret = getCookie(visit, COOKIE)
  return secret === undefined ? undefined : visitorWithSession(store, secret)
}

function signedOut(visit: Visit): Response {
  const asksForPage = visit.req.method === 'GET' && !visit.req.path.startsWith(API)
  if (asksForPage) return visit.redirect(PATHS.signIn, 303)
  visit.header('www-authenticate', 'Bearer')
  return visit.json({ error: 'sign in' }, 401)
}

/** Lets reading pass, and of all else what an operator may do, once it is on the audit log. */
async function letAct(visit: Visit, next: Next, board: Door): Promise<Response | undefined> {
  const { method, path } = visit.req
  if (method !== 'GET' && method !== 'HEAD') {
    const refusal = await refusalOf(visit, board, method === 'PUT' ? path : '')
    if (refusal !== undefined) return visit.json({ error: refusal }, 403)
  }
  await next()
  return undefined
}

async function refusalOf(visit: Visit, board: Door, path: string): Promise<string | undefined> {
  // A token that is sent along by hand cannot be sent by another site; a cookie could.
  if (visit.req.header('authorization') === undefined && !isFromHere(visit)) return 'another site'
  const action = parseAction(path.slice(API.length))
  if (action === undefined) return 'not done here'
  return admitAction(board, visit.get('visitor'), action)
}

/** Whether a page of ours sends this. Browsers say so themselves and no page can make them say otherwise. */
function isFromHere(visit: Visit): boolean {
  const origin = visit.req.header('origin')
  if (origin === undefined) return visit.req.header('sec-fetch-site') === 'same-origin'
  return URL.parse(origin)?.host === visit.req.header('host')
}

function isOverTls(visit: Visit): boolean {
  const forwarded = visit.req.header('x-forwarded-proto')
  return forwarded === 'https' || new URL(visit.req.url).protocol === 'https:'
}

/** Why somebody is not let in, in words; all other failures go on. */
function refusalIn(error: unknown, { attempts }: Door): string {
  if (!(error instanceof AppError) || error.code !== 'TOKEN_REFUSED') throw error
  attempts.refused()
  return error.message
}

function tooMany(visit: Visit): Response {
  visit.header('retry-after', '60')
  return visit.text('Too many refused attempts. Try again in a minute.', 429)
}
