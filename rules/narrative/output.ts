import { NarratorOutput } from '../schema/narrator-output.ts'
import type { Catalogue } from './catalogue.ts'
import { type Issue, judgeSentence } from './sentence.ts'

/** What a model must return, byte for byte of structure: nothing more, nothing less. */
export interface OutputShape {
  /** Ids a section may have; each at most once. */
  readonly sections: readonly string[]
  /** The rules of one sentence; those of strict mode unless given. */
  readonly judge?: (sentence: string, catalogue: Catalogue) => Issue[]
}

/** A section with what is wrong in it; without issues it may be rendered. */
export interface JudgedSection {
  readonly id: string
  readonly sentences: readonly string[]
  readonly issues: readonly Issue[]
}

/** The verdict on a raw output: `issues` of the envelope, then of every section. */
export interface JudgedOutput {
  readonly issues: readonly Issue[]
  readonly sections: readonly JudgedSection[]
}

/**
 * Reads a model's raw answer under the strict rules.
 *
 * The answer is one JSON object, possibly in one code fence and white space, of the shape `{"v":1,"sections":[{"id","sentences"}]}` with 1–4
 * sections of 1–10 sentences of 3–400 characters; a key too many refuses it. A section is usable when its own sentences have no issue.
 */
export function judgeOutput(raw: string, shape: OutputShape, catalogue: Catalogue): JudgedOutput {
  const parsed = NarratorOutput.safeParse(parseJson(unfenced(raw)))
  if (!parsed.success) {
    const first = parsed.error.issues[0]
    return refused(first?.path.join('.') ?? '', first?.message ?? 'not the wanted JSON')
  }
  const { sections } = parsed.data
  const unknown = sections.find(({ id }) => !shape.sections.includes(id))
  if (unknown !== undefined) return refused(unknown.id, `ids: ${shape.sections.join(', ')}`)
  if (new Set(sections.map(({ id }) => id)).size < sections.length) {
    const issue: Issue = { code: 'duplicate_section', span: '', hint: 'each section id once' }
    return { issues: [issue], sections: [] }
  }
  const judged = sections.map(({ id, sentences }) => ({
    id,
    sentences,
    issues: sentences.flatMap((sentence) => (shape.judge ?? judgeSentence)(sentence, catalogue)),
  }))
  return { issues: judged.flatMap(({ issues }) => issues), sections: judged }
}

function refused(span: string, hint: string): JudgedOutput {
  return { issues: [{ code: 'schema', span: span.slice(0, 60), hint }], sections: [] }
}

function unfenced(raw: string): string {
  const text = raw.trim()
  return /^```(?:json)?[ \t]*\r?\n([^`]*)```$/i.exec(text)?.[1] ?? text
}

function parseJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    return value
  } catch {
    // Anything else than JSON is refused by the envelope like a wrong shape.
    return undefined
  }
}
