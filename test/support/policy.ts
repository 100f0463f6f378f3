import { Policy } from '#rules/policy/policy.ts'

/** A policy with every default and the given changes; version `test-1`, US dollars, UTC. */
export function policyWith(changes: Readonly<Record<string, unknown>> = {}): Policy {
  return Policy.parse({
    version: 'test-1',
    company: { name: 'Test Company', currency: 'USD', time_zone: 'UTC' },
    effective_from: '2026-01-01',
    ...changes,
  })
}
