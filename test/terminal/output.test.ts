import { afterEach, describe, expect, it, vi } from 'vitest'

import { columns, createOutput } from '#src/terminal/output.ts'

afterEach(() => {
  vi.restoreAllMocks()
  process.stderr.isTTY = watched
})
const watched = process.stderr.isTTY

/** What is written to each stream while a person watches, or not. */
function capture(options: { readonly json: boolean; readonly tty: boolean }) {
  const streams = { out: '', err: '' }
  process.stderr.isTTY = options.tty
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    streams.out += String(text)
    return true
  })
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    streams.err += String(text)
    return true
  })
  return { streams, output: createOutput({ json: options.json, debug: false }) }
}

describe('the output of a command', () => {
  it('puts results on stdout, line by line', () => {
    const { streams, output } = capture({ json: false, tty: false })
    output.line('Verdict: ATTENTION')
    output.line()
    expect(streams).toStrictEqual({ out: 'Verdict: ATTENTION\n\n', err: '' })
  })

  it('prints one document for machines', () => {
    const { streams, output } = capture({ json: true, tty: true })
    output.document({ a: [1] })
    expect(JSON.parse(streams.out)).toStrictEqual({ a: [1] })
    expect(streams.out.endsWith('}\n')).toBe(true)
  })

  it.each([
    [{ json: false, tty: true }, 'funnel …\n'],
    [{ json: false, tty: false }, ''],
    [{ json: true, tty: true }, ''],
  ])('tells its progress on stderr, and only to a person: %j', (options, said) => {
    const { streams, output } = capture(options)
    output.progress('funnel …')
    expect(streams).toStrictEqual({ out: '', err: said })
  })
})

describe('columns', () => {
  it.each([
    [
      [
        ['id', 'state'],
        ['2026-03', 'completed'],
      ],
      'id       state\n2026-03  completed',
    ],
    [
      [
        ['a', 'b', 'c'],
        ['long', '', ''],
      ],
      'a     b  c\nlong',
    ],
    [[['a', 'b'], ['x']], 'a  b\nx'],
    [[], ''],
  ])('are as wide as their widest cell, without spaces at the end', (rows, text) => {
    expect(columns(rows)).toBe(text)
  })
})
