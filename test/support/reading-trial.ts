import { createRandom } from '#rules/kernel/random.ts'
import { quotedNames } from '#rules/narrative/names.ts'
import { judgeSentence, renderSentence } from '#rules/narrative/sentence.ts'
import { readsTrue } from '#rules/reading/read.ts'

import { caseCatalogue } from '../oracle/narrative/case-catalogue.ts'
import { readableState } from '../oracle/narrative/readable.ts'
import type { Glossary } from '../oracle/narrative/state.ts'
import { planted, randomSentence, randomState } from './random-narrative.ts'

const SENTENCES_A_STATE = 200

const GLOSSARY: Glossary = {
  metrics: {
    spend: { label: 'spend', unit: 'money', better: 0 },
    revenue: { label: 'revenue', unit: 'money', better: 1 },
    roas: { label: 'ROAS', unit: 'x', better: 1 },
    leads: { label: 'leads', unit: 'count', better: 1 },
    cvr: { label: 'conversion rate', unit: 'pct', better: 1 },
    cac: { label: 'cost per lead', unit: 'money', better: -1 },
    score: { label: 'score', unit: 'score', better: 1 },
  },
  reasons: {
    ROAS_ABOVE_TARGET: 'ROAS above the target',
    ROAS_BELOW_FLOOR: 'ROAS below the floor',
    MIXED_SIGNALS: 'mixed signals across the rules',
    LEADS_DOWN: 'fewer leads than in the previous period',
  },
}

/** How two readers of the same words got on. */
export interface TrialOutcome {
  readonly outputs: number
  readonly accepted: number
  /** Rendered texts of accepted sentences that the second reader does not find true. */
  readonly disagreements: readonly string[]
  readonly planted: number
  /** Faults the second reader did not see. */
  readonly missed: readonly string[]
}

/**
 * Random outputs over random states: what the rules of sentences accept is rendered and read back by the reader, which works from the words alone;
 * then one fault is planted in it, which the reader must see.
 */
export function runReadingTrial(outputs: number, seed: number): TrialOutcome {
  const random = createRandom(seed)
  const disagreements: string[] = []
  const missed: string[] = []
  let accepted = 0
  let faults = 0
  for (let done = 0; done < outputs; done += SENTENCES_A_STATE) {
    const state = randomState(random)
    const catalogue = caseCatalogue(state, GLOSSARY)
    const readable = readableState(state, GLOSSARY)
    const names = quotedNames(state.entities.map(({ name }) => name)).map((name) =>
      name.slice(1, -1),
    )
    for (let index = 0; index < SENTENCES_A_STATE; index++) {
      const sentence = randomSentence(catalogue, random)
      if (judgeSentence(sentence, catalogue).length > 0) continue
      accepted++
      const text = renderSentence(sentence, catalogue)
      if (!readsTrue(text, readable)) disagreements.push(text)
      const faulty = planted(text, names, random)
      if (faulty === text) continue
      faults++
      if (readsTrue(faulty, readable)) missed.push(`${faulty} [${text}]`)
    }
  }
  return { outputs, accepted, disagreements, planted: faults, missed }
}
