import { scrub } from '../observe/log.ts'
import { Bell } from '../queue/bell.ts'

/**
 * What of an answer of the queue's library a reader gets to see: ids, states, times and counts. Wherever in it a job's data, result, failure or
 * template stands, it is replaced: of the data the kind and the id of the review, of a failure its text without credentials and addresses.
 * The name of a company, which the look at a calendar carries, is never shown: one queue serves many companies.
 */
export function shownOf(answer: unknown): unknown {
  if (Array.isArray(answer)) return answer.map(shownOf)
  if (typeof answer !== 'object' || answer === null) return answer
  return Object.fromEntries(
    Object.entries(answer).map(([name, value]: [string, unknown]) => [name, part(name, value)]),
  )
}

/** What stands in the place of what may hold data, by the name the library has for it. */
const REPLACED: Readonly<Record<string, (value: unknown) => unknown>> = {
  // Counts of a chart are called so too.
  data: (value) =>
    Array.isArray(value) && value.every((each) => Number.isFinite(each)) ? value : dataOf(value),
  template: () => undefined,
  returnValue: () => null,
  returnvalue: () => null,
  progress: () => null,
  stacktrace: () => [],
  failedReason: textOf,
  deferredFailure: textOf,
}

function part(name: string, value: unknown): unknown {
  const replace = Object.hasOwn(REPLACED, name) ? REPLACED[name] : undefined
  return (replace ?? shownOf)(value)
}

function textOf(value: unknown): unknown {
  return typeof value === 'string' ? scrub(value) : null
}

function dataOf(data: unknown): unknown {
  const bell = Bell.safeParse(data).data
  if (bell === undefined) return {}
  return bell.kind === 'review' ? bell : { kind: bell.kind }
}
