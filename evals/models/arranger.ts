/** Sections of an answer by id. */
export type Sections = Readonly<Record<string, readonly string[]>>

/** What any endpoint is sent. */
interface Conversation {
  readonly messages: readonly { readonly content: string }[]
}

const METRICS_TOLD = 3
const SUBJECTS_TOLD = 4
const SENTENCES_MAX = 10

interface Subject {
  readonly id: string
  readonly called: boolean
  readonly metrics: readonly { readonly name: string; readonly changed: boolean }[]
}

/**
 * A model that keeps to its prompt: it reads the catalogue as any model would, from the request alone, and arranges statements and a few
 * subjects. It stands for a good model where none can be asked.
 */
export function arrange({ messages }: Conversation): Sections {
  const lines = catalogueLines(messages)
  const ids = lines.map((line) => line.split(':')[0] ?? '')
  const says = ids.filter((id) => id.startsWith('say.'))
  const findings = ids.filter((id) => /^find\.\d+$/.test(id))
  const asked = ids.filter((id) => /^(act|risk|move)\.\d+$/.test(id))
  const subjects = lines.flatMap(subjectOf)
  const [lead = '', ...rest] = says
  return withoutEmpty({
    headline: statements(lead === '' ? [] : [lead]),
    performance: [
      ...statements(rest).slice(0, SENTENCES_MAX - SUBJECTS_TOLD),
      ...subjects.flatMap(subjectSentence).slice(0, SUBJECTS_TOLD),
    ],
    decisions: statements(asked).slice(0, SENTENCES_MAX),
    risks: statements(findings).slice(0, SENTENCES_MAX),
  })
}

/** An answer in the wanted envelope. */
export function envelope(sections: Sections): string {
  const list = Object.entries(sections).map(([id, sentences]) => ({ id, sentences }))
  return JSON.stringify({ v: 1, sections: list })
}

function catalogueLines(messages: Conversation['messages']): string[] {
  const text = messages.at(-1)?.content ?? ''
  const [catalogue = ''] = text.replace(/^Catalogue:\n/, '').split('\n\n')
  return catalogue.split('\n')
}

function statements(ids: readonly string[]): string[] {
  return ids.map((id) => `{{${id}}}.`)
}

function subjectOf(line: string): Subject[] {
  const match = /^(pf|s\d+): (.*)$/.exec(line)
  if (match === null) return []
  const [, id = '', parts = ''] = match
  const fields = parts.split('; ')
  return [
    {
      id,
      called: fields.some((field) => field.startsWith('decision=')),
      metrics: fields
        .filter((field) => !field.startsWith('decision='))
        .map((field) => ({ name: field.split('=')[0] ?? '', changed: field.includes('.chg') })),
    },
  ]
}

function subjectSentence({ id, called, metrics }: Subject): string[] {
  const told = metrics
    .slice(0, METRICS_TOLD)
    .map(({ name, changed }) => `{{${id}.${name}${changed ? '.chg' : ''}}}`)
  if (told.length === 0) return called ? [`{{${id}.name}} has {{${id}.decision}}.`] : []
  const last = told.at(-1) ?? ''
  const list = told.length === 1 ? last : `${told.slice(0, -1).join(', ')} and ${last}`
  return [`{{${id}.name}} recorded ${list}.`]
}

/** The sections that have sentences. */
export function withoutEmpty(sections: Sections): Sections {
  return Object.fromEntries(
    Object.entries(sections).filter(([, sentences]) => sentences.length > 0),
  )
}
