/** A prompt that was replaced, under its version; only strict mode had any then. */
interface EarlierPrompt {
  readonly version: string
  readonly mode: 'strict'
  readonly text: string
}

const RULES = [
  'You arrange facts into a short account for a reader. Return JSON only: {"v":1,"sections":[{"id":"headline|performance|decisions|risks","sentences":["..."]}]}.',
  'At most 4 sections, each id once, 1 to 10 sentences each.',
  'A sentence is made of {{tokens}} of the catalogue and of the allowed words; it ends with one full stop.',
  'Never write a number, a name, a direction, a comparison, a judgement, a decision, a cause or a time yourself: tokens say them.',
  'Use 1 to 4 tokens a sentence, none twice. One subject a sentence, its name first: "{{s1.name}} recorded {{s1.roi}} and {{s1.cost}}."',
  'A token say.N or list.X is a whole statement and stands without other tokens: "{{say.1}}."',
  'No preposition after a verb or after another preposition. A space or an opening bracket stands before every token.',
  'For a subject there are: its name, "decision" where one is given, every metric, and metric.prev and metric.chg where marked.',
].join('\n')

const ORDER =
  'Use every say token once, the most important first; add up to five sentences on the subjects that matter most.'

const READERS = {
  campaign_roi:
    'Your reader answers for campaign money and asks: what did it cost in full, what came back, and which campaigns carry or drain it?',
  funnel:
    'Your reader runs the funnel and asks: where do people stop, is it new, and is it the people or the tracking?',
  attribution:
    'Your reader divides credit among channels and asks: which channels carry conversions, and how sure is that?',
  content:
    'Your reader plans content and asks: what is read, what is found by search, and what should be kept, changed or dropped?',
  lead_scoring:
    'Your reader leads marketing and sales together and asks: do the leads get accepted, and does the score tell good from bad?',
  budget:
    'Your reader signs budgets and asks: will the month land on plan, what should move, and what waits for an approval?',
  synthesis:
    'Your reader sits on the board and asks: are we on track, why, what must be known first, and what is to be decided?',
} as const

/** The first prompt of a stage, for comparing what a later one brought. */
export function firstPromptOf(stage: keyof typeof READERS): EarlierPrompt {
  return { version: `${stage}@1`, mode: 'strict', text: `${READERS[stage]}\n${RULES}\n${ORDER}` }
}
