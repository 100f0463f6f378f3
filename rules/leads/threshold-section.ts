import { measured } from '../kernel/quantity.ts'
import type { FactBook } from '../schema/fact-book.ts'
import { token } from '../schema/template.ts'
import { asMinor, leadFacts, orMissing } from './facts.ts'
import type { LeadScoringContext, SettledLead } from './input.ts'
import { findingOf, NOTHING_TO_SHOW, type Section } from './section.ts'
import { chooseThreshold, judgeThreshold, type ThresholdChoice } from './threshold-choice.ts'

const fact = (id: string): string => token(`lead_scoring.threshold.${id}`)

/** Enters what another contact threshold would have gained, and proposes one when the gain is beyond chance. */
export function thresholdSection(
  book: FactBook,
  settled: readonly SettledLead[],
  { policy }: LeadScoringContext,
): Section {
  if (policy.leads.value_of_win === 0) return NOTHING_TO_SHOW
  const { currency } = policy.company
  const choice = chooseThreshold(settled, policy.leads)
  enterChoice(book, choice, { currency, current: policy.leads.bands.mql })
  const decision = judgeThreshold(choice, policy.leads, { currency, version: policy.version })
  if (decision.action === 'keep') return { ...NOTHING_TO_SHOW, decisions: [decision] }
  const title =
    decision.action === 'stop_contacting'
      ? 'No score is worth a contact at the stated value and cost'
      : `The contact threshold should ${decision.action === 'raise' ? 'rise' : 'fall'}`
  const proposal =
    decision.action === 'stop_contacting' ? 'Contacting nobody' : `A threshold of ${fact('best')}`
  return {
    ...NOTHING_TO_SHOW,
    decisions: [decision],
    findings: [
      findingOf(decision, {
        severity: 'info',
        title,
        detail: `${proposal} instead of ${fact('current')} would have gained ${fact('gain')} on the newer settled leads (between ${fact('gain_low')} and ${fact('gain_high')}). Leads below the threshold in force may never have been contacted; try the change on a part of them first.`,
      }),
    ],
  }
}

function enterChoice(
  book: FactBook,
  choice: ThresholdChoice,
  { currency, current }: { currency: string; current: number },
): void {
  const { figure } = leadFacts(book)
  const rows = choice.currentPlan.contacted
  figure('threshold.current', 'Contact threshold in force', {
    unit: 'score',
    quantity: measured(current),
    formula: 'policy leads.bands.mql',
    rows: 0,
  })
  figure('threshold.best', 'Threshold of greatest expected value', {
    unit: 'score',
    quantity: orMissing(choice.best.threshold, 'no threshold pays'),
    formula: 'max over thresholds of value · wins − cost · contacted, older half',
    rows: choice.best.contacted,
  })
  const amounts = [
    ['gain', 'Gain of the proposed threshold', choice.gain],
    ['gain_low', 'Its low end', choice.gainRange.low],
    ['gain_high', 'Its high end', choice.gainRange.high],
  ] as const
  for (const [id, label, amount] of amounts) {
    figure(`threshold.${id}`, label, {
      unit: 'money',
      currency,
      quantity: asMinor(amount, currency),
      formula: 'value at proposed − value at current threshold, newer half',
      rows,
    })
  }
}
