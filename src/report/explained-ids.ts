import type { ReviewDocument } from '#rules/schema/document.ts'
import { STAGES, type Table } from '#rules/schema/review.ts'

import { shellWord } from '../terminal/next-command.ts'
import { formatFact } from './format.ts'
import { STAGE_TITLES } from './titles.ts'
import { indexDocument, spoken, type ReviewIndex } from './words.ts'

/**
 * Figures or decisions of one part of the report, each with the id under which `mo explain` tells where it comes from, written as one word of a
 * command line: an id may hold `>`, after which a shell would write a file.
 */
export interface ExplainedIds {
  readonly title: string
  readonly entries: readonly { readonly label: string; readonly id: string }[]
}

/** What the four cards at the top of the report show. */
const KEY_FIGURES = ['cost', 'value', 'net', 'roi'].map((metric) => `campaign_roi.total.${metric}`)

/**
 * Which ids can a reader of the report ask about: the key figures, the targets, and the calls its tables show, in the report's order. The ids of
 * the figures in tables stand at their cells.
 */
export function explainedIds(document: ReviewDocument): ExplainedIds[] {
  const index = indexDocument(document)
  const groups = [
    { title: 'Key figures', entries: KEY_FIGURES.flatMap((id) => ofFact(id, index)) },
    {
      title: 'Targets',
      entries: document.targets.flatMap(({ id }) => ofDecision(`health.target:${id}`, index)),
    },
    ...STAGES.map((stage) => ({
      title: stage === 'synthesis' ? 'Segments and risks' : STAGE_TITLES[stage],
      entries: [...new Set((document.stages[stage]?.tables ?? []).flatMap(decisionsIn))].flatMap(
        (id) => ofDecision(id, index),
      ),
    })),
  ]
  return groups.filter(({ entries }) => entries.length > 0)
}

function decisionsIn({ rows }: Table): string[] {
  return rows.flat().flatMap((cell) => ('decision' in cell ? [cell.decision] : []))
}

function ofFact(id: string, { facts }: ReviewIndex): ExplainedIds['entries'] {
  const fact = facts.get(id)
  return fact === undefined
    ? []
    : [{ label: `${fact.label}: ${formatFact(fact)}`, id: shellWord(id) }]
}

function ofDecision(id: string, { decisions }: ReviewIndex): ExplainedIds['entries'] {
  const decision = decisions.get(id)
  return decision === undefined
    ? []
    : [{ label: `${decision.subjectName}: ${spoken(decision.action)}`, id: shellWord(id) }]
}
