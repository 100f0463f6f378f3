import { AppError } from '../errors.ts'
import { runnable } from './next-command.ts'

/** Exit code and text of a failure, as an operator reads it; a stack trace only when asked for. */
export function describeFailure(
  error: unknown,
  { debug, workspace }: { readonly debug: boolean; readonly workspace?: string | undefined },
): { readonly exitCode: number; readonly text: string } {
  if (error instanceof AppError) {
    return {
      exitCode: error.exitCode,
      text: withTrace(appErrorText(error, workspace), error, debug),
    }
  }
  const message = error instanceof Error ? error.message : String(error)
  const text = `error[INTERNAL]: ${firstLine(message)}\n  next: run the command again with --debug and report what it prints`
  return { exitCode: 5, text: withTrace(text, error, debug) }
}

function appErrorText(error: AppError, workspace: string | undefined): string {
  const lines = [
    `error[${error.code}]: ${firstLine(error.message)}`,
    line('expected', error.expected),
    line('got', error.got),
    line('where', place(error)),
    line('next', runnable(error.next, workspace)),
  ]
  return lines.filter((text) => text !== '').join('\n')
}

function line(name: string, text: string | undefined): string {
  return text === undefined || text === '' ? '' : `  ${name}: ${text}`
}

function place({ where }: AppError): string | undefined {
  if (where === undefined) return undefined
  return [where.file, where.row, where.column].filter((part) => part !== undefined).join(':')
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? text
}

function withTrace(text: string, error: unknown, debug: boolean): string {
  if (!debug || !(error instanceof Error)) return text
  const cause = error.cause instanceof Error ? `\ncaused by ${error.cause.stack ?? ''}` : ''
  return `${text}\n${error.stack ?? ''}${cause}`
}
