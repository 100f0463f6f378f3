import { describe, expect, it } from 'vitest'

import { createFactBook } from '#rules/schema/fact-book.ts'
import type { Finding } from '#rules/schema/review.ts'
import { foldAlike } from '#rules/synthesis/alike.ts'
import { repairTitle } from '#rules/synthesis/repair-words.ts'

const RULE = 'experiment.acted_on_undecided'
const finding = (id: string, ruleId: string): Finding => ({
  id,
  ruleId,
  severity: 'serious',
  subject: `s:${id}`,
  title: `${id} acted on an undecided experiment`,
  detail: '',
})
const told = (id: string, ruleId = RULE) => ({
  stage: 'campaign_roi' as const,
  finding: finding(id, ruleId),
})

describe('foldAlike', () => {
  it('tells decisions on undecided experiments as one, in the place of the first', () => {
    const book = createFactBook()
    const folded = foldAlike(book, [
      told('A', 'other'),
      told('DEC_1'),
      told('B', 'other'),
      told('DEC_2'),
      told('DEC_3'),
    ])
    expect(folded.map((each) => each.finding.id)).toEqual(['A', `finding.${RULE}`, 'B'])
    expect(folded[1]).toEqual({
      stage: 'campaign_roi',
      finding: {
        ...finding('DEC_1', RULE),
        id: `finding.${RULE}`,
        subject: 'experiments:all',
        title: `{{synthesis.serious.${RULE}}} decisions acted on undecided experiments`,
      },
    })
    expect(book.list()).toEqual([
      expect.objectContaining({
        id: `synthesis.serious.${RULE}`,
        unit: 'count',
        value: 3,
        source: [],
      }),
    ])
  })

  it('leaves a single one, and those of other rules, as they are', () => {
    const book = createFactBook()
    const all = [told('DEC_1'), told('A', 'other'), told('B', 'other')]
    expect(foldAlike(book, all)).toEqual(all)
    expect(book.list()).toEqual([])
  })
})

describe('repairTitle', () => {
  it.each([
    ['campaign_roi.performance', 'X lost', 'Find out why X lost, and change it or end it'],
    ['campaign_roi.spend_trace', 'X', 'Bring in the platform rows that are missing: X'],
    ['campaign_roi.completeness', 'X', 'Complete the books: X'],
    [RULE, 'X', 'Look again at what was decided too early: X'],
    ['experiment.verdict', 'X', 'Repair the experiment or end it: X'],
    ['funnel.drop_off', 'X', 'Repair the page, the form or its tracking: X'],
    ['funnel.claimed_drop_off', 'X', 'Correct the list of drop-offs: X'],
    ['budget.made_move', 'X', 'Correct the move or undo it: X'],
    ['budget.stop_loss', 'X', 'Take the line out of the plan: X'],
    ['budget.pacing', 'X', 'Bring spend back to the plan: X'],
    ['budget.closed', 'X', 'Find out who let it happen, and cover it: X'],
    ['budget.limits', 'X', 'Loosen one of the limits: X'],
    ['lead_scoring.model', 'X', 'Mend the score before it is relied on: X'],
    ['some.rule', 'The sum is off', 'Find the cause and mend it: the sum is off'],
  ])('of %s', (ruleId, title, words) => {
    expect(repairTitle({ ruleId, title })).toBe(words)
  })
})
