import type { Scene, SeenFigure } from '../reading/scene.ts'
import { fillTemplate } from '../schema/template.ts'
import type { Catalogue } from './catalogue.ts'
import { NARRATED_METRICS } from './metrics.ts'
import { movementId, numberOf, priorFactIds } from './movement-facts.ts'
import { renderSentence } from './sentence.ts'
import type { Candidate, Figures } from './subjects.ts'

/** What a scene is made of: the subjects under the names they are written with, the catalogue, and its whole statements. */
export interface SceneParts {
  readonly subjects: readonly {
    readonly id: string
    readonly name: string
    readonly candidate: Candidate
  }[]
  readonly catalogue: Catalogue
  readonly whole: ReadonlyMap<string, string>
}

/**
 * What may truly be said of a stage, read from its facts and not from the phrases of tokens: of each figure what a reader sees now, what they saw
 * before, the size of the movement and its direction.
 *
 * Source: the facts of the stage as the report shows them.
 */
export function sceneOf({ subjects, catalogue, whole }: SceneParts, figures: Figures): Scene {
  const fill = filler(figures)
  const own = Array.from(catalogue).flatMap(([id, { kind }]) =>
    kind === 'self' ? [whole.get(id) ?? renderSentence(`{{${id}}}.`, catalogue)] : [],
  )
  return {
    subjects: subjects.map(({ id, name, candidate }) => ({
      name,
      figures: candidate.measures.map((measure) => seenFigure(measure, figures)),
      calls: [catalogue.get(`${id}.decision`)?.text ?? []].flat(),
    })),
    statements: own.map(fill),
    labels: Array.from(NARRATED_METRICS.values()).flatMap(({ label, singular }) =>
      [label, singular ?? label].map((each) => each.toLowerCase()),
    ),
  }
}

/** A template with the figures a reader sees. */
export function filler({ facts, show }: Figures): (template: string) => string {
  return (template) =>
    fillTemplate(template, (id) => {
      const fact = facts.get(id)
      return fact === undefined ? '' : show(fact)
    })
}

function seenFigure(
  { label, singular, fact }: Candidate['measures'][number],
  { facts, show }: Figures,
): SeenFigure {
  const known = (id: string) => {
    const found = facts.get(id)
    return found === undefined || numberOf(found) === null ? [] : [found]
  }
  const [before] = priorFactIds(fact.id).flatMap(known)
  const [change] = known(`${fact.id}_change`)
  const sizes = [...known(movementId(fact.id)), ...(change === undefined ? [] : [change])]
  return {
    labels: [label.toLowerCase(), (singular ?? label).toLowerCase()],
    current: show(fact),
    previous: before === undefined ? null : show(before),
    sizes: sizes.map(show),
    direction: directionOf(differenceOf(numberOf(fact), before && numberOf(before), change)),
  }
}

function differenceOf(
  now: number | null,
  before: number | null | undefined,
  change: Parameters<typeof numberOf>[0] | undefined,
): number | null {
  if (now !== null && before != null) return now - before
  return change === undefined ? null : numberOf(change)
}

function directionOf(difference: number | null): SeenFigure['direction'] {
  if (difference === null) return 'unknown'
  if (difference === 0) return 'none'
  return difference > 0 ? 'rise' : 'fall'
}
