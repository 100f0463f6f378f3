import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'

import { isMap, isScalar, LineCounter, parseDocument, type Document } from 'yaml'
import type { z } from 'zod'

import { INCREASE } from '#rules/governance/decision-rights.ts'
import { Policy } from '#rules/policy/policy.ts'

import { AppError } from '../errors.ts'
import { closestName } from '../ingest/closest.ts'

/** A policy as it was read: parsed, with the text and hash that freeze it. */
export interface LoadedPolicy {
  readonly policy: Policy
  readonly text: string
  /** sha256 of the file's bytes, hex. */
  readonly sha256: string
}

/**
 * Reads and checks a policy file.
 *
 * @throws AppError `FILE_NOT_FOUND`; `POLICY_INVALID` with line, column, what was expected and what came.
 */
export async function loadPolicy(path: string): Promise<LoadedPolicy> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new AppError('FILE_NOT_FOUND', {
      message: 'the workspace has no policy',
      expected: 'a readable policy.yaml',
      where: { file: path },
      next: 'create a workspace with: npm run -s mo -- init DIR',
      cause,
    })
  })
  return parsePolicy(text, basename(path))
}

/** The company that a text of a policy names, also one that is not valid elsewhere; undefined where it names none that can be made out. */
export function companyNamedIn(text: string): string | undefined {
  const name: unknown = parseDocument(text).getIn(['company', 'name'])
  return typeof name === 'string' && name !== '' ? name : undefined
}

/**
 * Checks a policy's text; the same text gives the same policy, whoever reads it.
 *
 * @param file The name errors speak of.
 * @throws AppError `POLICY_INVALID`.
 */
export function parsePolicy(text: string, file: string): LoadedPolicy {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, version: '1.2' })
  const fault = document.errors[0]
  if (fault !== undefined) {
    const [start] = fault.pos
    const place = lines.linePos(start)
    throw new AppError('POLICY_INVALID', {
      message: 'the policy is not readable YAML',
      expected: 'YAML 1.2',
      got: fault.message.split('\n')[0] ?? fault.code,
      where: { file, row: place.line, column: place.col },
    })
  }
  const parsed = Policy.safeParse(document.toJS())
  if (!parsed.success) throw policyError(parsed.error, { document, lines, file })
  checkReferences(parsed.data, file)
  return { policy: parsed.data, text, sha256: createHash('sha256').update(text).digest('hex') }
}

interface Reading {
  readonly document: Document.Parsed
  readonly lines: LineCounter
  readonly file: string
}

function policyError(error: z.ZodError, reading: Reading): AppError {
  const { document, lines, file } = reading
  const [issue] = error.issues
  if (issue?.code === 'unrecognized_keys') {
    return unknownKey(issue.path, issue.keys[0] ?? '', reading)
  }
  const { path, message: told } = issue ?? { path: [], message: 'a valid policy' }
  // The line begins with the word already, and what came has a line of its own.
  const message = told.replace(/^(?:Invalid input: )?expected /, '').replace(/, received \w+$/, '')
  const more = error.issues.length - 1
  return new AppError('POLICY_INVALID', {
    message: `the policy is not valid at ${path.map(String).join('.') || 'its top level'}`,
    expected: more > 0 ? `${message} (and ${more} more faults)` : message,
    got: shown(document.getIn(path)),
    where: { file, ...placeOf(document, lines, path) },
  })
}

/** Every setting with its default: the keys a mistyped one may have been meant to be. */
const DEFAULTS: unknown = Policy.parse({
  version: 'v1',
  company: { name: 'Company', currency: 'USD', time_zone: 'UTC' },
  effective_from: '2026-01-01',
})

function unknownKey(
  path: readonly PropertyKey[],
  key: string,
  { document, lines, file }: Reading,
): AppError {
  const known = keysAt(DEFAULTS, path)
  const meant = closestName(key, known)
  const parent: unknown = document.getIn(path, true)
  const pair = isMap(parent) ? parent.items.find((item) => keyOf(item.key) === key) : undefined
  const at = rangeOf(pair?.key)
  const place = at === undefined ? undefined : lines.linePos(at)
  const where = path.length === 0 ? 'its top level' : path.map(String).join('.')
  return new AppError('POLICY_INVALID', {
    message: `the policy has an unknown key at ${where}`,
    ...(known.length === 0 ? {} : { expected: `one of ${known.join(', ')}` }),
    got: key,
    where: { file, ...(place === undefined ? {} : { row: place.line, column: place.col }) },
    ...(meant === undefined ? {} : { next: `did you mean ${meant}?` }),
  })
}

function keyOf(key: unknown): unknown {
  return isScalar(key) ? key.value : key
}

function keysAt(value: unknown, path: readonly PropertyKey[]): string[] {
  const [first, ...rest] = path
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return []
  if (first === undefined) return Object.keys(value)
  return keysAt(new Map<PropertyKey, unknown>(Object.entries(value)).get(first), rest)
}

/** Line and column of the deepest node on the path that the file really has. */
function placeOf(
  document: Document.Parsed,
  lines: LineCounter,
  path: readonly PropertyKey[],
): { row?: number; column?: number } {
  for (let depth = path.length; depth > 0; depth--) {
    const node: unknown = document.getIn(path.slice(0, depth), true)
    const range = rangeOf(node)
    if (range !== undefined) {
      const { line, col } = lines.linePos(range)
      return { row: line, column: col }
    }
  }
  return {}
}

function rangeOf(node: unknown): number | undefined {
  if (typeof node !== 'object' || node === null || !('range' in node)) return undefined
  const { range } = node
  const first: unknown = Array.isArray(range) ? range[0] : undefined
  return typeof first === 'number' ? first : undefined
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing'
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > 80 ? `${text.slice(0, 77)}…` : text
}

/** Names that the schema cannot check alone: people, roles and tiers that other parts refer to. */
function checkReferences(policy: Policy, file: string): void {
  const people = new Set(policy.people.map((person) => person.id))
  const tiers = new Set([...policy.approval.tiers.map((tier) => tier.id), INCREASE])
  const refuse = (what: string, got: string, known: ReadonlySet<string>): never => {
    throw new AppError('POLICY_INVALID', {
      message: `the policy refers to an unknown name in ${what}`,
      expected: `one of ${[...known].join(', ') || '(none is defined)'}`,
      got,
      where: { file },
    })
  }
  const repeated = policy.people.find(
    (person, index) => policy.people.findIndex((other) => other.id === person.id) !== index,
  )
  if (repeated !== undefined) refuse('people (ids are unique)', `${repeated.id} twice`, people)
  for (const person of policy.people) {
    const stray = person.may_approve.find((tier) => !tiers.has(tier))
    if (stray !== undefined) refuse(`people.${person.id}.may_approve`, stray, tiers)
  }
  for (const { from, to } of policy.delegations) {
    const stray = [from, to].find((id) => !people.has(id))
    if (stray !== undefined) refuse('delegations', stray, people)
  }
  const approver = policy.approved_by.find((id) => !people.has(id))
  if (people.size > 0 && approver !== undefined) refuse('approved_by', approver, people)
}
