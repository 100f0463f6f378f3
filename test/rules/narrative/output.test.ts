import { describe, expect, it } from 'vitest'

import { createCatalogue } from '#rules/narrative/catalogue.ts'
import { judgeOutput } from '#rules/narrative/output.ts'

const catalogue = createCatalogue({
  subjects: [],
  measures: [],
  decisions: new Map(),
  statements: new Map([['period', 'October 2026']]),
})
const shape = { sections: ['headline', 'risks', 'a', 'b', 'c'] }
const GOOD = 'The review covers {{period}}.'

const output = (sections: unknown, v: unknown = 1): string => JSON.stringify({ v, sections })
const section = (id: string, count = 1): unknown => ({ id, sentences: Array(count).fill(GOOD) })

const codes = (raw: string): string[] =>
  judgeOutput(raw, shape, catalogue).issues.map(({ code }) => code)

describe('judgeOutput', () => {
  it.each([
    output([section('headline')]),
    output([section('headline', 10)]),
    output(['headline', 'risks', 'a', 'b'].map((id) => section(id))),
    `\n ${output([section('risks')])} \n`,
    `\`\`\`json\n${output([section('risks')])}\n\`\`\``,
    `\`\`\`\n${output([section('risks')])}\`\`\``,
    `\n\`\`\`JSON \t\r\n${output([section('risks')])}\n\`\`\`\n`,
  ])('takes %s', (raw) => {
    expect(codes(raw)).toEqual([])
  })

  it.each([
    ['', 'schema'],
    ['null', 'schema'],
    ['[]', 'schema'],
    [`Here: ${output([section('risks')])}`, 'schema'],
    [`\`\`\`json\n${output([section('risks')])}`, 'schema'],
    [`Here:\`\`\`json\n${output([section('risks')])}\n\`\`\``, 'schema'],
    [`\`\`\`json\n${output([section('risks')])}\n\`\`\` Done.`, 'schema'],
    [`\`\`\`js\n${output([section('risks')])}\n\`\`\``, 'schema'],
    [output([]), 'schema'],
    [output([section('headline')], 2), 'schema'],
    [output([section('headline')], '1'), 'schema'],
    [output([section('conclusion')]), 'schema'],
    [output([section('headline', 0)]), 'schema'],
    [output([section('headline', 11)]), 'schema'],
    [output(['headline', 'risks', 'a', 'b', 'c'].map((id) => section(id))), 'schema'],
    [output([{ id: 'headline', sentences: [42] }]), 'schema'],
    [output([{ id: 'headline', sentences: ['{.'] }]), 'schema'],
    [
      output([{ id: 'headline', sentences: [`${GOOD.slice(0, -1)}${' '.repeat(375)}.`] }]),
      'schema',
    ],
    [output([{ id: 'headline', sentences: [GOOD], decision: 'scale' }]), 'schema'],
    [`{"v":1,"sections":[${JSON.stringify(section('risks'))}],"approve_all":true}`, 'schema'],
    [`{"v":1,"__proto__":{},"sections":[${JSON.stringify(section('risks'))}]}`, 'schema'],
    [output([section('risks'), section('risks')]), 'duplicate_section'],
    [output([{ id: 'headline', sentences: [GOOD, 'Spend doubled.'] }]), 'word'],
  ])('refuses %s', (raw, code) => {
    expect(codes(raw)).toContain(code)
  })

  it('says per section whether it may be used', () => {
    const raw = output([{ id: 'headline', sentences: ['Spend doubled.'] }, section('risks')])
    const { sections, issues } = judgeOutput(raw, shape, catalogue)
    expect(sections.map(({ id, issues: own }) => [id, own.length])).toEqual([
      ['headline', issues.length],
      ['risks', 0],
    ])
  })

  it('takes nothing of an answer that is refused whole', () => {
    const twice = judgeOutput(output([section('risks'), section('risks')]), shape, catalogue)
    expect(twice).toEqual({
      issues: [{ code: 'duplicate_section', span: '', hint: 'each section id once' }],
      sections: [],
    })
    const long = 'x'.repeat(61)
    expect(judgeOutput(output([section(long)]), shape, catalogue)).toEqual({
      issues: [{ code: 'schema', span: long.slice(0, 60), hint: 'ids: headline, risks, a, b, c' }],
      sections: [],
    })
  })

  it('says where the envelope is wrong', () => {
    expect(judgeOutput(output([{ id: 'risks', sentences: 'x' }]), shape, catalogue).issues).toEqual(
      [
        expect.objectContaining({
          code: 'schema',
          span: 'sections.0.sentences',
          hint: expect.stringMatching(/array/),
        }),
      ],
    )
  })
})
