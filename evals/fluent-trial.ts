import { createRandom, type RandomSource } from '#rules/kernel/random.ts'
import { judgeSentence, narrativeTokens, renderSentence } from '#rules/narrative/sentence.ts'
import { readBack } from '#rules/reading/read-back.ts'
import type { Scene } from '#rules/reading/scene.ts'
import { pick, planted, randomSentence } from '#test/support/random-narrative.ts'

import type { EvalState } from './states.ts'

/** Words of ours that a strict sentence may hold and that mean a decision or a status to the second reader: refused there, and rightly. */
const MEANT = /\b(?:recommendations?|decisions?|status|actions?|budget)\b/i

/** How the reader of fluent prose got on over the stages of the reference company. */
export interface FluentTrial {
  readonly accepted: number
  readonly disagreements: readonly string[]
  readonly planted: number
  readonly missed: readonly string[]
}

/** Sentences about subjects that the rules accept, rendered and read back; then one fault planted in each, which the reader must see. */
export function runFluentTrial(
  states: readonly EvalState[],
  { each, seed }: { readonly each: number; readonly seed: number },
): FluentTrial {
  const random = createRandom(seed)
  const disagreements: string[] = []
  const missed: string[] = []
  let [accepted, faults] = [0, 0]
  for (const { told } of states) {
    const scene = told.scene()
    for (let index = 0; index < each; index++) {
      const text = textAbout(told, random)
      if (text === null) continue
      accepted++
      if (readBack(text, scene) !== null) disagreements.push(text)
      const faulty = faultIn(text, scene, random)
      if (faulty === text) continue
      faults++
      if (readBack(faulty, scene) === null) missed.push(`${faulty} [${text}]`)
    }
  }
  return { accepted, disagreements, planted: faults, missed }
}

function textAbout(told: EvalState['told'], random: RandomSource): string | null {
  const { catalogue } = told
  const speaking = new Map(
    Array.from(catalogue).filter(([, { subject }]) => subject !== null && has(catalogue, subject)),
  )
  if (speaking.size === 0) return null
  const sentence = randomSentence(speaking, random)
  const literal = sentence.replaceAll(/\{\{[^}]*\}\}/g, '')
  if (judgeSentence(sentence, catalogue).length > 0 || MEANT.test(literal)) return null
  // Two phrases side by side are read as one: “a return of 4.00× spend of $5”. The reader refuses them, and rightly.
  if (sentence.includes('}} {{')) return null
  if (narrativeTokens(sentence).length === 0) return null
  return told.fill(renderSentence(sentence, catalogue))
}

/** Whether a subject has anything to say besides its name. */
function has(catalogue: EvalState['told']['catalogue'], subject: string): boolean {
  return Array.from(catalogue.values()).some(
    (entry) => entry.subject === subject && entry.kind === 'fact',
  )
}

/** A digit, a word or a name changed. Under another name a text may be true as well: then it is no fault. */
function faultIn(text: string, scene: Scene, random: RandomSource): string {
  const [own = ''] = /“[^”]*”/.exec(text) ?? []
  const others = scene.subjects.filter(
    ({ name, figures, calls }) =>
      name.startsWith('“') &&
      !figures.some(({ current }) => text.includes(current)) &&
      !calls.some((call) => text.includes(call)),
  )
  if (own !== '' && others.length > 0 && random() < 0.3) {
    return text.replace(own, pick(others, random).name)
  }
  return planted(text, [own.slice(1, -1)], random)
}
