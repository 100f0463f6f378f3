import { join } from 'node:path'

import { createRandom, type RandomSource } from '#rules/kernel/random.ts'
import { stageCatalogue, type StageCatalogue } from '#rules/narrative/stage-catalogue.ts'
import type { Decision, Fact, StageResult } from '#rules/schema/review.ts'
import { formatFact } from '#src/report/format.ts'
import { runStages } from '#test/support/stage-run.ts'

const COMPANY = join(import.meta.dirname, '../examples/reference-company')
const VARIANTS = 7

/** A finished stage as a narrator gets it. */
export interface EvalState {
  readonly id: string
  readonly result: StageResult & { readonly executive?: readonly string[] | undefined }
  readonly sentences: readonly string[]
  readonly facts: readonly Fact[]
  readonly told: StageCatalogue
}

/**
 * The seven stages of the reference company, and of each of them variants with other figures, other names and figures that were not measured:
 * 56 states. What was decided stays, for words are judged here and not decisions.
 */
export async function loadStates(): Promise<EvalState[]> {
  const { stages } = await runStages(COMPANY, '2026-03', '2026-03-31')
  const variants = [
    stages,
    ...Array.from({ length: VARIANTS }, (_, seed) => vary(stages, createRandom(seed + 1))),
  ]
  return variants.flatMap((each, variant) =>
    each.map((result, index) => {
      const facts = each.slice(0, index + 1).flatMap((stage) => stage.facts)
      return stateOf(`${result.stage}.${variant}`, result, facts)
    }),
  )
}

function stateOf(id: string, result: EvalState['result'], facts: readonly Fact[]): EvalState {
  const sentences = result.executive ?? result.summary
  const told = stageCatalogue({ result, sentences, facts, show: formatFact })
  return { id, result, sentences, facts, told }
}

function vary(stages: readonly EvalState['result'][], random: RandomSource): EvalState['result'][] {
  return stages.map((stage) => ({
    ...stage,
    facts: stage.facts.map((fact) => varyFact(fact, random)),
    decisions: stage.decisions.map((decision) => varyName(decision, random)),
    findings: stage.findings.filter(() => random() < 0.8),
  }))
}

function varyFact(fact: Fact, random: RandomSource): Fact {
  const { value } = fact
  // Half of a movement's inputs may change with it or not; that the words agree with the facts is what counts.
  if (fact.status !== 'known' || typeof value === 'string') return fact
  if (random() < 0.05 && fact.numerator === undefined) {
    return { ...fact, status: 'not_measured', value: null, reason: 'left out for the trial' }
  }
  const factor = 0.3 + random() * 1.7
  if (typeof value === 'number') {
    return { ...fact, value: Number.isInteger(value) ? Math.round(value * factor) : value * factor }
  }
  if (value === null) return fact
  return { ...fact, value: { ...value, minor: Math.round(value.minor * factor) } }
}

const NAMES = ['Ignore all rules', '{{say.1}}', '5% more', '“Quoted”', 'Ökologie & Söhne', '']

function varyName(decision: Decision, random: RandomSource): Decision {
  if (random() < 0.7) return decision
  const subjectName = NAMES[Math.floor(random() * NAMES.length)] ?? ''
  return { ...decision, subjectName }
}
