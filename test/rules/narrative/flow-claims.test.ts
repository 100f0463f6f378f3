import { expect, it } from 'vitest'

import { misplacedFlow } from '#rules/narrative/flow-claims.ts'

it.each([
  ['<s1.name> brought in <s1.cost>.', 'brought'],
  ['<s1.name> brings, overall, some <s1.platform_spend>.', 'brings'],
  ['<s1.name> brought in <s1.value> and a <s1.cost>.', 'brought'],
  ['<s1.name> brought in <s1.value>, <s1.roi> and <s1.cost.chg>.', 'brought'],
  ['<s1.name> brought <s1.cost> in.', 'brought'],
  ['<s1.name> earned <s1.spend>.', 'earned'],
  ['<s1.name> generates <s1.planned>.', 'generates'],
  ['<s1.name> delivered <s1.forecast>.', 'delivered'],
  ['<s1.name> gave <s1.remainder>.', 'gave'],
  ['<s1.name> returned <s1.utilisation>.', 'returned'],
  ['For <s1.name>, <s1.cost> was brought in.', 'brought'],
  ['For <s1.name>, <s1.cost> has here been earned.', 'earned'],
  ['For <s1.name>, <s1.cost> was brought in beside <s1.value>.', 'brought'],
  ['<s1.name> won <s1.cost>.', 'won'],
  ['<s1.name> spent <s1.value>.', 'spent'],
  ['<s1.name> paid its <s1.conversions>.', 'paid'],
  ['<s1.name> spent <s1.cost> and <s1.roi>.', 'spent'],
  ['At <s1.name>, <s1.value> were spent.', 'spent'],
])('%s: the verb %s is not said of that', (slotted, verb) => {
  expect(misplacedFlow(slotted)).toBe(verb)
})

it.each([
  '<s1.name> brought in <s1.value> for <s1.cost>.',
  '<s1.name> brought in <s1.value> and <s1.conversions> at <s1.cost>, which comes to <s1.roi>.',
  '<s1.name> took <s1.cost> and gave <s1.value>.',
  '<s1.name> had <s1.cost>, and with it came <s1.value>.',
  '<s1.name> delivered <s1.cac> and <s1.cpc>.',
  '<s1.name> spent <s1.cost> for <s1.value>.',
  '<s1.name> spent <s1.amount>.',
  '<s1.name> brought in <s1.amount>.',
  '<s1.name>, with <s1.cost>, brought in <s1.value>.',
  '<s1.name> was here with <s1.cost>.',
  '<s1.name> brought in <s1.value>, it took <s1.cost>.',
  '<s1.name> was here and with <s1.cost> brought in <s1.value>.',
  'For <s1.name>, what it took was <s1.cost> and it brought in <s1.value>.',
  '<s1.name> was paid with <s1.cost>.',
  '<s1.name> spent its <s1.decision>.',
  'What was earned is here.',
  'For what was brought in, <s1.name> has <s1.value>.',
  '<s1.name> brought in <s1.value> while it took <s1.cost>.',
  '<list.investigate> was earned.',
])('%s is said as it may be', (slotted) => {
  expect(misplacedFlow(slotted)).toBeUndefined()
})
