import { readFileSync } from 'node:fs'

import { describe, expect, it } from 'vitest'
import { parse as parseYaml } from 'yaml'

import { Policy } from '#rules/policy/policy.ts'
import { AppError } from '#src/errors.ts'
import { loadPolicy, parsePolicy } from '#src/policy/load.ts'

const HEAD = [
  'version: 1',
  'company: { name: Acme, currency: USD, time_zone: UTC }',
  'effective_from: 2026-01-01',
].map((line) => line.replace('version: 1', 'version: v1'))
const text = (...more: string[]) => [...HEAD, ...more].join('\n')

function fault(source: string): AppError {
  try {
    parsePolicy(source, 'policy.yaml')
  } catch (error) {
    if (error instanceof AppError) return error
    throw error
  }
  throw new Error('expected the policy to be refused')
}

describe('a policy', () => {
  it('is read with every default', () => {
    const { policy, sha256 } = parsePolicy(text(), 'policy.yaml')
    expect(policy.trust.claim_ratio_warn).toBe(1.3)
    expect(sha256).toMatch(/^[0-9a-f]{64}$/)
  })

  it.each([
    ['an unknown setting', text('stop_los: {}'), 'its top level', 4],
    ['a threshold out of range', text('momentum:', '  alpha: 2'), 'momentum.alpha', 5],
    [
      'a table without its last row',
      text('health: [{ when: roi_below, than: 0, for_months: 2, verdict: critical }]'),
      'health',
      4,
    ],
    ['a target without an operator', text('targets: [{ id: roi }]'), 'targets.0', 4],
  ])('with %s is refused at its place', (_name, source, where, row) => {
    const error = fault(source)
    expect(error.code).toBe('POLICY_INVALID')
    expect(error.message).toContain(where)
    expect(error.where?.row).toBe(row)
  })

  it.each([
    ['target: {}', 'target', 'did you mean targets?', 4, 1],
    ['momentum: { alphas: 1 }', 'alphas', 'did you mean alpha?', 4, 13],
    ['zzz: 1', 'zzz', 'correct policy.yaml at the named place', 4, 1],
  ])(
    'with the unknown key of %j says where and what was meant',
    (line, got, meant, row, column) => {
      const error = fault(text(line))
      expect(error).toMatchObject({ got, where: { row, column } })
      expect(error.next).toBe(meant)
    },
  )

  it('says "expected" once', () => {
    const [version = '', , from = ''] = HEAD
    const company = 'company: { name: A, currency: usd, time_zone: UTC }'
    expect(fault([version, company, from].join('\n')).expected).toBe('an ISO 4217 code such as USD')
  })

  it.each([
    ['broken YAML', text('people: [')],
    ['a key given twice', text('claims: []', 'claims: []')],
  ])('with %s is refused with line and column', (_name, source) => {
    const { where, got } = fault(source)
    expect(where).toMatchObject({
      file: 'policy.yaml',
      row: expect.any(Number),
      column: expect.any(Number),
    })
    expect(got).not.toBe('')
  })

  it.each([
    [
      'a person named twice',
      'people: [{ id: a, name: A, roles: [] }, { id: a, name: B, roles: [] }]',
      'a twice',
    ],
    [
      'a tier nobody defined',
      'people: [{ id: a, name: A, roles: [], may_approve: [huge] }]',
      'huge',
    ],
    [
      'a delegate nobody knows',
      'delegations: [{ from: a, to: b, scope: [], limit: 1, start_on: 2026-01-01, end_on: 2026-01-02 }]',
      'a',
    ],
  ])('with %s is refused', (_name, line, got) => {
    expect(fault(text(line)).got).toBe(got)
  })

  it('that is not there says how to get one', async () => {
    await expect(loadPolicy('/nowhere/policy.yaml')).rejects.toMatchObject({
      code: 'FILE_NOT_FOUND',
    })
  })
})

describe('the template', () => {
  const template = readFileSync('src/workspace/template/policy.yaml', 'utf8')

  it('shows exactly the defaults', () => {
    const { policy } = parsePolicy(template, 'policy.yaml')
    const { version, company, effective_from } = policy
    expect(policy).toStrictEqual(Policy.parse({ version, company, effective_from }))
  })

  it('shows every setting there is, at every depth', () => {
    const shown = settingPaths(parseYaml(template))
    const { policy } = parsePolicy(template, 'policy.yaml')
    expect(settingPaths(policy).filter((path) => !shown.includes(path))).toStrictEqual([])
  })
})

/** Dotted names of all settings; lists and what is in them are values. */
function settingPaths(value: unknown, path = ''): string[] {
  const nested =
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.entries(value).flatMap(([key, inner]) =>
          settingPaths(inner, path === '' ? key : `${path}.${key}`),
        )
      : []
  return path === '' ? nested : [path, ...nested]
}
