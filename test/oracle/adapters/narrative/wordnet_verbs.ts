import { z } from 'zod'

import { createCatalogue } from '#rules/narrative/catalogue.ts'
import { judgeSentence } from '#rules/narrative/sentence.ts'

import type { OracleAdapter } from '../../adapter.ts'

const VerbsFile = z.object({
  patterns: z.record(z.string(), z.string()),
  sets: z.record(z.string(), z.array(z.string())),
})

const SUBJECTS = ['c1', 'c2', 'c3']

const CATALOGUE = createCatalogue({
  subjects: SUBJECTS.map((id) => ({ id, name: `“${id}”` })),
  measures: SUBJECTS.flatMap((subject) =>
    ['revenue', 'roas', 'spend', 'leads'].map((metric) => ({
      subject,
      metric,
      label: metric,
      form: 'plain' as const,
      current: '5',
    })),
  ),
  decisions: new Map(),
  statements: new Map(),
})

/** Puts each verb into the pattern of its set, in every form that could stand there; strict mode must refuse all. */
export const adapter: OracleAdapter = {
  kind: 'narrative/wordnet_verbs',
  run: (file) => {
    const { patterns, sets } = VerbsFile.parse(file)
    return Object.entries(sets).flatMap(([set, verbs]) =>
      verbs.map((verb) => {
        const passed = formsOf(verb)
          .map((form) => (patterns[set] ?? '').replaceAll(/<(past|verb)>/g, form))
          .filter((sentence) => judgeSentence(sentence, CATALOGUE).length === 0)
        const mismatches = passed.map((actual) => ({ what: 'refused', expected: true, actual }))
        return { id: `${set}: ${verb}`, mismatches }
      }),
    )
  },
}

/** The verb as it stands, in the third person and in the regular past with each change of spelling. */
function formsOf(verb: string): string[] {
  const [head = '', ...particles] = verb.split(' ')
  const heads = [
    head,
    `${head}s`,
    `${head}es`,
    `${head}d`,
    `${head}ed`,
    `${head}${head.at(-1)}ed`,
    `${head.replace(/y$/, 'i')}ed`,
  ]
  return heads.map((form) => [form, ...particles].join(' '))
}
