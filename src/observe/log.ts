import { pino, stdTimeFunctions, type DestinationStream, type Logger } from 'pino'

import { AppError } from '../errors.ts'

/**
 * What a log line may say. Names of fields, not of values, decide: an id, a count or a word of a closed set. People, amounts, reasons,
 * texts of users, addresses and settings have no field, so they cannot be logged by mistake.
 */
const FIELDS = [
  'reviewId',
  'workspace',
  'stage',
  'jobId',
  'kind',
  'attempt',
  'outcome',
  'code',
  'detail',
  'ms',
  'reviews',
  'ticks',
  'concurrency',
  'backend',
  'port',
  'signal',
] as const

export type LogFields = Partial<Record<(typeof FIELDS)[number], string | number>>

/** A line of the log at some severity: its fields, and a sentence without any value. */
type Write = (fields: LogFields, words: string) => void

export interface Log {
  readonly debug: Write
  readonly info: Write
  readonly warn: Write
  readonly error: Write
}

/** JSON lines on stderr, or wherever `destination` leads. */
export function createLog(level: string, destination?: DestinationStream): Log {
  const options = {
    level,
    base: { service: 'marketing-orchestrator', pid: process.pid },
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  }
  const logger =
    destination === undefined ? pino(options, pino.destination(2)) : pino(options, destination)
  const write =
    (severity: 'debug' | 'info' | 'warn' | 'error'): Write =>
    (fields, words) =>
      writeAllowed(logger, severity, { fields, words })
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') }
}

function writeAllowed(
  logger: Logger,
  severity: 'debug' | 'info' | 'warn' | 'error',
  { fields, words }: { fields: LogFields; words: string },
): void {
  const allowed = FIELDS.flatMap((name) => {
    const value = fields[name]
    return value === undefined ? [] : [[name, typeof value === 'string' ? scrub(value) : value]]
  })
  logger[severity](Object.fromEntries(allowed), words)
}

const TEXT_MAX = 300

/** Takes credentials out of addresses and cuts the rest: what a library says about a failure may hold either. */
export function scrub(text: string): string {
  return text
    .replaceAll(/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@]*@/gi, '$1…@')
    .replaceAll(
      /\b(password|passwd|token|secret|authorization|api[_-]?key)\b(["']?\s*[:=]\s*)\S+/gi,
      '$1$2…',
    )
    .replaceAll(/\bBearer\s+\S+/gi, 'Bearer …')
    .replaceAll(/[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g, '…@…')
    .slice(0, TEXT_MAX)
}

/** The fields of a failure: its code, and in the program's own words what came. */
export function failureFields(error: unknown): LogFields {
  if (error instanceof AppError) {
    return { code: error.code, ...(error.got === undefined ? {} : { detail: error.got }) }
  }
  return { code: 'INTERNAL', detail: error instanceof Error ? error.message : String(error) }
}
