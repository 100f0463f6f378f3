import { describe, expect, it } from 'vitest'

import { Policy } from '#rules/policy/policy.ts'
import { policyWith } from '#test/support/policy.ts'

const silent = policyWith()

/** Where a policy with these changes is faulty first, and what was expected there. */
function faultOf(changes: Readonly<Record<string, unknown>>): string {
  const [issue] = Policy.safeParse({ ...silent, ...changes }).error?.issues ?? []
  return issue === undefined ? 'none' : `${issue.path.map(String).join('.')}: ${issue.message}`
}

const company = (currency: string) => ({ company: { name: 'A', currency, time_zone: 'UTC' } })
const meeting = (at: string) => ({ calendar: { review_meeting: { at } } })
const host = (name: string) => ({ changes: { webhook_hosts: [name] } })
const cap = (monthly_cap_share: number) => ({
  approval: { tiers: [{ id: 'all', approvers: 0, monthly_cap_share }] },
})
const band = (low: number, high: number) => ({
  budget: { mix_guardrails: { search: [low, high] } },
})
const step = (name: string) => ({ funnel: { target_conversion: { [name]: 0.1 } } })

const CURRENCY = 'company.currency: expected an ISO 4217 code such as USD'
const TIME = 'calendar.review_meeting.at: expected a time HH:MM'
const HOST = 'changes.webhook_hosts.0: expected a host such as hooks.example.com'

describe('a policy that is refused names the setting and what it expected', () => {
  it.each([
    [company('EURO'), CURRENCY],
    [company('1USD'), CURRENCY],
    [company('US'), CURRENCY],
    [company('US1'), CURRENCY],
    [meeting('24:00'), TIME],
    [meeting('110:00'), TIME],
    [meeting('10:000'), TIME],
    [meeting('10:60'), TIME],
    [host(''), HOST],
    [host('Hooks.example.com'), HOST],
    [host('/hooks.example.com'), HOST],
    [host('hooks.example.com/in'), HOST],
    [host('hooks example.com'), HOST],
    [cap(-0.01), 'approval.tiers.0.monthly_cap_share: Too small: expected number to be >=0'],
    [cap(1.01), 'approval.tiers.0.monthly_cap_share: Too big: expected number to be <=1'],
    [band(-0.01, 0.5), 'budget.mix_guardrails.search.0: Too small: expected number to be >=0'],
    [band(1.01, 1), 'budget.mix_guardrails.search.0: Too big: expected number to be <=1'],
    [band(0, -0.01), 'budget.mix_guardrails.search.1: Too small: expected number to be >=0'],
    [band(0.5, 1.01), 'budget.mix_guardrails.search.1: Too big: expected number to be <=1'],
    [band(0.6, 0.5), 'budget.mix_guardrails.search: expected the lower share first'],
    [
      { calendar: { working_hours: { from: '17:00', to: '09:00' } } },
      'calendar.working_hours: expected from before to',
    ],
    [
      { people: [{ id: 'a', name: '', roles: [] }] },
      'people.0.name: Too small: expected string to have >=1 characters',
    ],
    [
      { distribution: [{ audience: 'board', to: ['board'], parts: [] }] },
      'distribution.0.to.0: Invalid email address',
    ],
    [
      { targets: [{ id: 'roi', at_least: 1, unit: 'percent' }] },
      'targets.0.unit: Invalid option: expected one of "rate"|"money"|"count"|"ratio"',
    ],
    [
      { suppression: { max_age_hours: 0 } },
      'suppression.max_age_hours: Too small: expected number to be >0',
    ],
    [
      { effective_from: '2026-02-29' },
      'effective_from: expected a date YYYY-MM-DD of the calendar',
    ],
    // What belongs to the whole review is set once, beside the cap on its calls.
    [{ narrative: { per_review: { cost: 1 } } }, 'narrative.per_review: Unrecognized key: "cost"'],
    [
      { narrative: { per_review: { seconds: 1 } } },
      'narrative.per_review: Unrecognized key: "seconds"',
    ],
  ])('%j', (changes, fault) => {
    expect(faultOf(changes)).toBe(fault)
  })

  it.each([
    [step('visit')],
    [step('visit>')],
    [step('>signup')],
    [step('visit>signup>won')],
    [step('visit > signup')],
    [step(' visit>signup')],
    [step('visit>signup ')],
  ])('%j is no step of a funnel', (changes) => {
    expect(faultOf(changes)).toMatch(/^funnel\.target_conversion\..*: Invalid key in record$/)
  })

  it.each([
    [company('EUR')],
    [meeting('00:00')],
    [meeting('23:59')],
    [host('a')],
    [host('hooks-1.example.com')],
    [cap(0)],
    [cap(1)],
    [band(0, 0)],
    [band(0.5, 0.5)],
    [band(0, 1)],
    [band(1, 1)],
    [step('visit>demo_request')],
  ])('but takes %j', (changes) => {
    expect(faultOf(changes)).toBe('none')
  })
})
