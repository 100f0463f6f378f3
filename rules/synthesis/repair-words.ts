import { midSentence } from '../kernel/enumeration.ts'
import type { Finding } from '../schema/review.ts'

/** What a finding of each rule asks somebody to do, before its title; the title keeps its capital behind a colon. */
const TO_DO: Readonly<Record<string, (title: string) => string>> = {
  'campaign_roi.spend_trace': (title) => `Bring in the platform rows that are missing: ${title}`,
  'campaign_roi.performance': (title) => `Find out why ${title}, and change it or end it`,
  'campaign_roi.completeness': (title) => `Complete the books: ${title}`,
  'experiment.acted_on_undecided': (title) => `Look again at what was decided too early: ${title}`,
  'experiment.verdict': (title) => `Repair the experiment or end it: ${title}`,
  'funnel.drop_off': (title) => `Repair the page, the form or its tracking: ${title}`,
  'funnel.claimed_drop_off': (title) => `Correct the list of drop-offs: ${title}`,
  'budget.made_move': (title) => `Correct the move or undo it: ${title}`,
  'budget.stop_loss': (title) => `Take the line out of the plan: ${title}`,
  'budget.pacing': (title) => `Bring spend back to the plan: ${title}`,
  'budget.closed': (title) => `Find out who let it happen, and cover it: ${title}`,
  'budget.limits': (title) => `Loosen one of the limits: ${title}`,
  'lead_scoring.model': (title) => `Mend the score before it is relied on: ${title}`,
}

/** A serious finding as something to do. */
export function repairTitle({ ruleId, title }: Pick<Finding, 'ruleId' | 'title'>): string {
  const words = TO_DO[ruleId]
  return words === undefined ? `Find the cause and mend it: ${midSentence(title)}` : words(title)
}
