import { z } from 'zod'

import type { Catalogue } from '#rules/narrative/catalogue.ts'
import { judgeOutput } from '#rules/narrative/output.ts'
import { judgeSentence, renderSentence } from '#rules/narrative/sentence.ts'
import { readsTrue } from '#rules/reading/read.ts'

import type { OracleAdapter, OracleCaseResult, OracleMismatch } from '../../adapter.ts'
import { caseCatalogue } from '../../narrative/case-catalogue.ts'
import { readableState } from '../../narrative/readable.ts'
import { CaseState, Glossary } from '../../narrative/state.ts'

const SECTIONS = ['headline', 'performance', 'decisions', 'risks']

const Verdict = z.enum(['accept', 'reject'])
const Case = z.object({
  id: z.string(),
  form: z.enum(['free_text', 'fact_ref_sentence', 'fact_ref_output']),
  state: z.string(),
  candidate: z.string(),
  expected: Verdict,
  expected_in_fact_ref_mode: Verdict.optional(),
  rendered: z.string().optional(),
})
type Case = z.infer<typeof Case>

const CasesFile = Glossary.extend({
  states: z.record(z.string(), CaseState),
  cases: z.array(Case),
})

/**
 * Judges every case as the narrator's gate does in strict mode, and renders every token of every state. Free text is compared with the verdict
 * of strict mode, which refuses it, and with the reader of free prose, which tells whether it is true.
 */
export const adapter: OracleAdapter = {
  kind: 'narrative/narrative_cases',
  run: (file) => {
    const { states, cases, ...glossary } = CasesFile.parse(file)
    const catalogues = new Map(
      Object.entries(states).map(([id, state]) => [id, caseCatalogue(state, glossary)]),
    )
    const rendered = Object.entries(states).map(([id, state]) =>
      tokenCase(id, state, catalogues.get(id) ?? new Map()),
    )
    return [
      ...rendered,
      ...cases.map((entry) => {
        const state = states[entry.state]
        const isTrue =
          state !== undefined && readsTrue(entry.candidate, readableState(state, glossary))
        return runCase(entry, catalogues.get(entry.state) ?? new Map(), isTrue)
      }),
    ]
  },
}

function tokenCase(id: string, state: CaseState, catalogue: Catalogue): OracleCaseResult {
  const mismatches = Object.entries(state.tokens ?? {}).flatMap(([token, expected]) =>
    differs(token, expected, catalogue.get(token)?.text),
  )
  return { id: `tokens of ${id}`, mismatches }
}

function runCase(entry: Case, catalogue: Catalogue, isTrue: boolean): OracleCaseResult {
  const strict = strictVerdict(entry, catalogue)
  if (entry.form === 'free_text') {
    return {
      id: entry.id,
      mismatches: [
        ...differs('strict', entry.expected_in_fact_ref_mode ?? 'reject', strict),
        ...differs('truth', entry.expected, isTrue ? 'accept' : 'reject'),
      ],
    }
  }
  const { expected, rendered, candidate } = entry
  const text = strict === 'accept' ? renderSentence(candidate, catalogue) : undefined
  return {
    id: entry.id,
    mismatches: [
      ...differs('verdict', expected, strict),
      ...(rendered === undefined ? [] : differs('rendered', rendered, text)),
    ],
  }
}

function strictVerdict({ form, candidate }: Case, catalogue: Catalogue): 'accept' | 'reject' {
  const issues =
    form === 'fact_ref_output'
      ? judgeOutput(candidate, { sections: SECTIONS }, catalogue).issues
      : judgeSentence(candidate, catalogue)
  return issues.length === 0 ? 'accept' : 'reject'
}

function differs(what: string, expected: string, actual: string | undefined): OracleMismatch[] {
  return expected === actual ? [] : [{ what, expected, actual }]
}
