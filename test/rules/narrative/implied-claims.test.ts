import { describe, expect, it } from 'vitest'

import { impliedClaims } from '#rules/narrative/implied-claims.ts'

describe('what neutral words state together', () => {
  it.each([
    ['a superlative', '<name> had a record <c1.roas>.', 'a record'],
    ['a superlative', '<name> had <c1.roas>, its record.', 'its record'],
    ['a superlative', '<name> recorded record <c1.roas>.', 'record …'],
    ['a superlative', '<name> recorded record figures: <c1.roas>.', 'record figures'],
    ['a superlative', '<name> had <c1.roas> as record.', 'as record'],
    ['a superlative', '<name> had <c1.roas> at the record.', 'at the record'],
    [
      'a superlative',
      '<name> had <c1.roas>, and that was also the record.',
      '… and that was also the record',
    ],
    ['a superlative', '<name> is record.', '… is record'],
    ['a cause', '<name> recorded <c1.spend> and <c1.roas.chg> as a result.', 'as a result'],
    ['a cause', 'As results, <name> had <c1.roas>.', 'as results'],
    ['a cause', '<name> has <c1.decision> as the action.', 'as the action'],
    ['a cause', '<name> results in <c1.roas>.', 'results in …'],
    ['a cause', '<name> had the output of its <c1.spend>.', 'output of its …'],
    [
      'a cause',
      '<name> had <c1.roas>, which is the review result.',
      '… which is the review result',
    ],
    ['a cause', '<name> is a source with <c1.roas>.', '… is a source'],
    ['a cause', '<name> has <c1.decision> on the basis of <c1.roas>.', 'basis of …'],
    ['a cause', '<name> has <c1.decision>; its basis is <c1.roas>.', 'basis is …'],
    ['a cause', '<name> has <c1.decision>, evidence: the <c1.roas>.', 'evidence the …'],
    [
      'a cause',
      '<name> had <c1.roas.chg>, which also reflected <c1.spend>.',
      '… which also reflected …',
    ],
    ['a comparison', '<name> had <c1.revenue>, which covered <c1.spend>.', '… which covered …'],
    ['a comparison', '<name> covers its <c1.spend>.', '… covers its …'],
    [
      'a sum',
      '<name> had <c1.revenue> and that includes the <c1.spend>.',
      '… and that includes the …',
    ],
    ['a sum', '<name> had <c1.revenue>, which lists <c1.spend>.', '… which lists …'],
    ['an equality', '<name> had <c1.revenue>, which is <c1.spend>.', '… which is …'],
    ['an equality', '<name> had <c1.leads> of <c1.mqls>.', '… of …'],
    ['an equality', '<name> had <c1.spend> as its <c1.revenue>.', '… as its …'],
    ['a status', '<name> had <c1.spend> on budget.', '… had … on budget'],
    ['a status', '<name> is in review with <c1.roas>.', '… is in review'],
    ['a status', '<name> and its figures: <c1.roas>, of note.', '… and its figures … of note'],
    ['a status', '<name> is also on its budget with <c1.spend>.', '… is also on its budget'],
    ['a status', '<name> is with the operators and <c1.roas>.', '… is with the operators'],
    ['a status', '<name> is for the review with <c1.roas>.', '… is for the review'],
    ['a status', '<name> is an action item with <c1.roas>.', '… is an action'],
    [
      'a status',
      '<name>, which was the review decision, had <c1.roas>.',
      '… which was the review decision',
    ],
    [
      'an event',
      '<name> has <c1.decision> and leadership also registered the item.',
      'leadership also registered',
    ],
    ['an event', '<name> had <c1.roas>; the operators are here.', 'operators are'],
    ['another figure', '<name> had a budget of <c1.spend>.', 'budget of …'],
    ['another figure', '<name>, contacts: <c1.leads>.', 'contacts …'],
    ['another figure', '<name> budget was the <c1.spend>.', 'budget was the …'],
    ['another figure', '<name> contacts recorded <c1.leads>.', 'contacts recorded …'],
    ['another subject', '<name> recorded portfolio <c1.spend>.', 'portfolio …'],
    ['another subject', '<name>, portfolio: (<c1.spend>).', 'portfolio …'],
  ])('%s: %s', (states, slotted, words) => {
    expect(impliedClaims(slotted)).toContainEqual({ states, words })
  })

  it('hears it through capitals, commas and hyphens', () => {
    expect(impliedClaims('<name> recorded <c1.roas>, AS-A, (Result).')).toEqual([
      { states: 'a cause', words: 'as a result' },
    ])
  })

  it.each([
    'For the record, <name> had <c1.roas>.',
    'The record covers <whole>.',
    'The review covers <whole>.',
    'The table lists <whole>.',
    '<name> is on record with <c1.roas>.',
    'In the record of the review, <name> had <c1.roas>.',
    '<name> is here as a campaign with <c1.roas>.',
    'Results of <name> are here, with <c1.roas>.',
    'Here are the results: <whole>.',
    'Results: <whole>.',
    '<name> has results with <c1.roas>.',
    'The source of these figures is here: <whole>.',
    'Basis: <whole>.',
    '<name> covers the period with <c1.roas>.',
    '<name> reflects <c1.roas>.',
    '<name> includes <c1.leads> and <c1.roas>.',
    '<name> had <c1.spend>, which is <c1.spend>.',
    '<name> is <c1.roas>.',
    '<name> had <c1.revenue> at <c1.cost>, which shows <c1.roi>.',
    'In review, <name> had <c1.roas>.',
    '<name> is in the review with <c1.roas>.',
    'In the budget, <name> had <c1.roas>.',
    '<name> is in the budget overview with <c1.roas>.',
    '<name> had <c1.roas> in review records.',
    '<name> was a campaign with <c1.roas>.',
    'The recommendation on <name> is <c1.decision>.',
    'For the operators, <name> had <c1.roas>.',
    'Data notes: <whole>.',
    'Claims review: <whole>.',
    'Contacts: <whole>.',
    'In the portfolio, <name> had <c1.roas>.',
    'Portfolio: <whole>.',
    'Here the portfolio <pf.roas>.',
    'In the portfolio <name> had <c1.roas>.',
  ])('nothing: %s', (slotted) => {
    expect(impliedClaims(slotted)).toEqual([])
  })

  it('is nothing where there are no words', () => {
    expect(impliedClaims('')).toEqual([])
    expect(impliedClaims('. , -')).toEqual([])
  })
})
