import { z } from 'zod'

import { AppError } from './errors.ts'
import { isArchiveKey } from './llm/archive.ts'
import type { NarratorSettings } from './llm/narrator.ts'

const Url = z.url()
const HttpUrl = z.url({
  protocol: /^https?$/,
  error: 'http://… or https://…',
})

/** What the environment may say. Every variable is optional; with none set, everything runs inside the workspace. */
const Environment = z.object({
  DATABASE_URL: Url.optional(),
  DATABASE_OWNER_URL: Url.optional(),
  // Several hosts make it no URL; its own parser reads it when the queue is opened.
  REDIS_URL: z
    .string()
    .regex(
      /^rediss?(\+(sentinel|cluster))?:\/\//,
      'redis://…, rediss://…, redis+sentinel://… or redis+cluster://…',
    )
    .optional(),
  OPENAI_API_KEY: z.string().optional(),
  OPENAI_BASE_URL: HttpUrl.optional(),
  NARRATOR_MODEL: z.string().optional(),
  NARRATOR_ARCHIVE_KEY: z
    .string()
    .refine(isArchiveKey, '64 hexadecimal digits, as `openssl rand -hex 32` prints them')
    .optional(),
  SMTP_URL: Url.optional(),
  CHANGE_WEBHOOK_SECRET: z.string().min(32, 'at least 32 characters').optional(),
  AUDIT_SIGNING_KEY: z.string().optional(),
  AUDIT_HEAD_DIR: z.string().optional(),
  MO_TOKEN: z.string().optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: Url.optional(),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('warn'),
  CHROMIUM_PATH: z.string().optional(),
})

/** Settings that other versions of this program may read: refused, since whoever sets one relies on it. */
const NOT_READ = ['WAREHOUSE_URL', 'SLACK_WEBHOOK_URL']

/** Settings of one process, read once at start. */
export interface Config {
  readonly databaseUrl: string | undefined
  /** The login of the tables' owner, where `databaseUrl` is the application's own. */
  readonly databaseOwnerUrl: string | undefined
  readonly redisUrl: string | undefined
  /** Undefined: reviews tell themselves. */
  readonly narrator: NarratorSettings | undefined
  /** What is missing where an endpoint or a model is named alone, and so none is asked; undefined: nothing. */
  readonly narratorUnset: string | undefined
  readonly smtpUrl: string | undefined
  /** Signs change orders that are sent to a webhook. */
  readonly webhookSecret: string | undefined
  /** Ed25519 private key (PKCS #8, PEM) that signs heads of the audit log; undefined: one of the workspace's own. */
  readonly auditSigningKey: string | undefined
  /** Where signed heads are kept; undefined: in the workspace's `.orchestrator/`. */
  readonly auditHeadDir: string | undefined
  /** The token of whoever runs the command: its person is who acts. */
  readonly token: string | undefined
  readonly logLevel: string
  readonly tracingEndpoint: string | undefined
  readonly chromiumPath: string | undefined
}

/**
 * Reads and checks the environment.
 *
 * @throws AppError `CONFIG_INVALID` on a malformed value or an unknown `MO_*` name; values are never printed.
 */
export function loadConfig(): Config {
  const unknown = Object.keys(process.env).filter(
    (name) => name.startsWith('MO_') && !Object.hasOwn(Environment.shape, name),
  )
  if (unknown.length > 0) {
    throw new AppError('CONFIG_INVALID', {
      message: `${unknown.join(', ')} is not a setting of this program`,
      expected: Object.keys(Environment.shape).join(', '),
      got: unknown.join(', '),
      next: 'remove it from the environment or correct its name',
    })
  }
  const [ignored] = NOT_READ.filter((name) => (process.env[name] ?? '') !== '')
  if (ignored !== undefined) {
    throw new AppError('CONFIG_INVALID', {
      message: `${ignored} is set, and this version has no use for it`,
      expected: 'no value',
      got: 'a value that is not shown, for it may be secret',
      next: 'unset it',
    })
  }
  const parsed = Environment.safeParse(withoutEmpty(process.env))
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    throw new AppError('CONFIG_INVALID', {
      message: `the environment variable ${String(issue?.path[0])} is malformed`,
      expected: issue?.message ?? 'a valid value',
      got: 'a value that is not shown, for it may be secret',
      next: 'correct or unset it',
    })
  }
  const environment = parsed.data
  if (environment.DATABASE_OWNER_URL !== undefined && environment.DATABASE_URL === undefined) {
    throw new AppError('CONFIG_INVALID', {
      message: 'DATABASE_OWNER_URL is set and DATABASE_URL is not',
      expected: 'in DATABASE_URL, the login the program works with',
      got: 'no value',
      next: 'set DATABASE_URL as well, or neither',
    })
  }
  return {
    databaseUrl: environment.DATABASE_URL,
    databaseOwnerUrl: environment.DATABASE_OWNER_URL,
    redisUrl: environment.REDIS_URL,
    narrator: narratorOf(environment),
    narratorUnset: missingOfNarrator(environment),
    smtpUrl: environment.SMTP_URL,
    webhookSecret: environment.CHANGE_WEBHOOK_SECRET,
    auditSigningKey: environment.AUDIT_SIGNING_KEY,
    auditHeadDir: environment.AUDIT_HEAD_DIR,
    token: environment.MO_TOKEN,
    logLevel: environment.LOG_LEVEL,
    tracingEndpoint: environment.OTEL_EXPORTER_OTLP_ENDPOINT,
    chromiumPath: environment.CHROMIUM_PATH,
  }
}

const OPENAI_URL = 'https://api.openai.com/v1'

/** A model is asked only where an endpoint (a key or an address) and a model are named. */
function narratorOf(environment: z.infer<typeof Environment>): NarratorSettings | undefined {
  const { OPENAI_API_KEY: apiKey, OPENAI_BASE_URL: baseUrl, NARRATOR_MODEL: model } = environment
  if (model === undefined || (apiKey === undefined && baseUrl === undefined)) return undefined
  const archiveKey = environment.NARRATOR_ARCHIVE_KEY
  return { baseUrl: baseUrl ?? OPENAI_URL, apiKey, model, archiveKey }
}

/** A key alone says nothing: many programs read it. */
function missingOfNarrator({
  OPENAI_API_KEY: apiKey,
  OPENAI_BASE_URL: baseUrl,
  NARRATOR_MODEL: model,
}: z.infer<typeof Environment>): string | undefined {
  if (model === undefined && baseUrl !== undefined) {
    return 'OPENAI_BASE_URL is set and NARRATOR_MODEL is not, so no language model is asked'
  }
  if (model !== undefined && apiKey === undefined && baseUrl === undefined) {
    return 'NARRATOR_MODEL is set and neither OPENAI_BASE_URL nor OPENAI_API_KEY is, so no language model is asked'
  }
  return undefined
}

function withoutEmpty(environment: NodeJS.ProcessEnv): Record<string, string> {
  const entries = Object.entries(environment).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== '',
  )
  return Object.fromEntries(entries)
}
