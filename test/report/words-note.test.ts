import { describe, expect, it } from 'vitest'

import { shortfallInWords } from '#src/report/shortfall-words.ts'
import { pageWordsNote, type SectionWords, tellingOf, wordsNote } from '#src/report/words-note.ts'

const RULES = 'figures, names and calls by rules.'
const TEMPLATE: SectionWords = { source: 'template' }
const TOLD: SectionWords = { source: 'llm' }
const mayDecide = [
  { id: 'cmo', name: 'Chief marketing officer' },
  { id: 'ceo', name: 'Chief executive' },
]
const WAITS: SectionWords = { source: 'mixed', fluent: { status: 'waits', model: 'm', mayDecide } }
const REJECTED: SectionWords = {
  source: 'mixed',
  fluent: { status: 'rejected', model: 'm', mayDecide: [] },
}
const DECIDED: NonNullable<SectionWords['adjusted']> = [{ moveId: 'M1', after: 'decision' }]
const ADJUSTED: SectionWords = {
  source: 'llm',
  approvedBy: 'cmo',
  approvedOn: '2026-11-21',
  adjusted: [...DECIDED, { moveId: 'M2', after: 'amendment' }, { moveId: 'M3', after: 'decision' }],
}
const failed = (code: string, httpStatus: number | null = null): SectionWords => ({
  source: 'template',
  shortfall: { model: 'm', code, httpStatus },
})

describe('why a model did not tell a section', () => {
  it.each([
    ['timeout', null, 'did not answer in time'],
    ['network', null, 'could not be reached'],
    ['rate_limited', 429, 'asked to be called later (HTTP 429)'],
    ['unavailable', 503, 'answered with an error (HTTP 503)'],
    ['refused_request', 400, 'refused the request (HTTP 400)'],
    ['refused_request', 401, 'refused the key (HTTP 401)'],
    ['refused_request', 403, 'refused the key (HTTP 403)'],
    ['refused_request', 404, 'knows no such address or model (HTTP 404)'],
    ['malformed', 200, 'answered, but not in the OpenAI protocol'],
    ['words_refused', null, 'used words or figures that no rule stands for'],
    ['form_refused', null, 'did not answer in the form it was asked for'],
    ['breaker', null, 'was not asked again after its failures'],
    ['stage_calls', null, 'was not asked: the policy’s bound on calls of a stage was reached'],
    ['review_ms', null, 'was not asked: the policy’s bound on time of a review was reached'],
    ['day_costMicros', null, 'was not asked: the policy’s bound on money of a day was reached'],
  ])('is said of %s with HTTP %s', (code, httpStatus, said) => {
    expect(shortfallInWords({ code, httpStatus })).toBe(said)
  })
})

describe('the note of a section', () => {
  it.each([
    [TEMPLATE, `Words by template; ${RULES}`],
    [TOLD, `Words arranged by a language model; ${RULES}`],
    [
      failed('refused_request', 401),
      `Words by template, for the language model refused the key (HTTP 401); ${RULES}`,
    ],
    [
      WAITS,
      `Words arranged by a language model and by template; ${RULES} Fluent words of the model wait for a person’s approval.`,
    ],
    [
      REJECTED,
      `Words arranged by a language model and by template; ${RULES} Fluent words of the model were rejected by a person.`,
    ],
    [
      { source: 'llm', approvedBy: 'cmo' },
      `Fluent words of a language model, approved by cmo; ${RULES}`,
    ],
    [
      ADJUSTED,
      `Fluent words of a language model, approved by cmo on 2026-11-21, adjusted by rules after the amendment of M2 and the decision on M1, M3; ${RULES}`,
    ],
    [
      { source: 'llm', adjusted: DECIDED },
      `Words arranged by a language model, adjusted by rules after the decision on M1; ${RULES}`,
    ],
    [{ source: 'template', adjusted: DECIDED }, `Words by template; ${RULES}`],
  ] as const)('says of %j who found its words', (words, note) => {
    expect(wordsNote(words)).toBe(note)
  })
})

describe('the note of the page', () => {
  const narrative = (words: SectionWords) => ({ ...words, text: '', sentences: [], factIds: [] })
  const page = (interim: boolean, funnel: SectionWords) =>
    pageWordsNote({
      interim,
      narratives: { funnel: narrative(funnel), synthesis: narrative(TEMPLATE) },
    })

  it('says that a model tells it once nothing waits, where a model was asked', () => {
    for (const asked of [TOLD, WAITS, failed('timeout')]) {
      expect(page(true, asked)).toBe(
        `Words by template until the last request is decided, then by the language model; ${RULES}`,
      )
      expect(page(false, asked)).toBe(`Words by template; ${RULES}`)
    }
    expect(page(true, TEMPLATE)).toBe(`Words by template; ${RULES}`)
    expect(pageWordsNote({ interim: true, narratives: {} })).toBe('')
  })
})

describe('how a review was told', () => {
  it.each<[string, readonly SectionWords[], readonly string[]]>([
    ['nothing where no model was asked', [TEMPLATE, TEMPLATE], []],
    ['that a model told it', [TOLD, TOLD], ['2 sections of 2 told by a language model']],
    [
      'each reason once, beside what was told',
      [failed('timeout'), failed('timeout'), failed('breaker'), TOLD],
      [
        '3 sections of 4 told by template, for the language model m did not answer in time, and was not asked again after its failures',
        '1 section of 4 told by a language model',
      ],
    ],
    [
      'what a model told in part, and not as told by it',
      [{ ...failed('words_refused'), source: 'mixed' }, TOLD],
      [
        '1 section of 2 told by the model in part, for the language model m used words or figures that no rule stands for',
        '1 section of 2 told by a language model',
      ],
    ],
    [
      'whose yes the prose waits for',
      [WAITS, REJECTED],
      [
        '2 sections of 2 told by a language model',
        'fluent words of 1 section wait for Chief marketing officer or Chief executive',
      ],
    ],
    [
      'that the policy lets nobody decide',
      [{ source: 'template', fluent: { status: 'waits', model: 'm', mayDecide: [] } }],
      ['fluent words of 1 section wait for nobody: the policy lets no one decide them'],
    ],
  ])('is %s', (_what, sections, lines) => {
    expect(tellingOf(sections)).toEqual(lines)
  })
})
