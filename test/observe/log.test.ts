import { describe, expect, test } from 'vitest'

import { AppError } from '#src/errors.ts'
import { createLog, failureFields, scrub, type LogFields } from '#src/observe/log.ts'

/** What a log wrote, line by line. */
function listen(level = 'debug') {
  const lines: string[] = []
  const log = createLog(level, { write: (line: string) => void lines.push(line) })
  return { log, lines, entries: (): unknown[] => lines.map((line) => JSON.parse(line)) }
}

describe('a log line', () => {
  test('is JSON with its ids, a time and a severity', () => {
    const { log, entries } = listen()
    log.info(
      { reviewId: '2026-10-ab', workspace: 'Acme', stage: 'budget', jobId: 'j1', ms: 12 },
      'stage ended',
    )
    expect(entries()).toEqual([
      {
        level: 'info',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        service: 'marketing-orchestrator',
        pid: process.pid,
        reviewId: '2026-10-ab',
        workspace: 'Acme',
        stage: 'budget',
        jobId: 'j1',
        ms: 12,
        msg: 'stage ended',
      },
    ])
  })

  test('leaves out every field that is not allowed, whoever passes it', () => {
    const { log, lines } = listen()
    const careless: LogFields & Record<string, unknown> = {
      reviewId: 'r1',
      person: 'Jane Doe',
      email: 'jane@example.com',
      token: 'tok_123',
      reason: 'she is on leave',
      amountMinor: 123_456,
    }
    log.warn(careless, 'job stopped')
    expect(lines).toHaveLength(1)
    for (const secret of ['Jane', 'jane@', 'tok_123', 'leave', '123456']) {
      expect(lines[0]).not.toContain(secret)
    }
  })

  test('keeps to its level', () => {
    const { log, lines } = listen('warn')
    log.debug({}, 'a')
    log.info({}, 'b')
    log.warn({}, 'c')
    log.error({}, 'd')
    expect(lines).toHaveLength(2)
  })
})

describe('scrub', () => {
  test.each([
    [
      'connect to postgres://mo:secret@db:5432/mo failed',
      'connect to postgres://…@db:5432/mo failed',
    ],
    ['redis+sentinel://:pw@a,b/main', 'redis+sentinel://…@a,b/main'],
    ['password="hunter2" refused', 'password=… refused'],
    ['api_key: sk-123', 'api_key: …'],
    ['sent Bearer abc.def', 'sent Bearer …'],
    ['mail to jane.doe+x@mail.example.org bounced', 'mail to …@… bounced'],
    ['ECONNREFUSED 127.0.0.1:5432', 'ECONNREFUSED 127.0.0.1:5432'],
  ])('%s', (text, expected) => {
    expect(scrub(text)).toBe(expected)
  })

  test('cuts what is long', () => {
    expect(scrub('x'.repeat(1000))).toHaveLength(300)
  })
})

describe('failureFields', () => {
  test('tells the code and what came, and of a fault of the program what it says', () => {
    expect(failureFields(new AppError('STORE_UNAVAILABLE', { got: 'ECONNRESET' }))).toEqual({
      code: 'STORE_UNAVAILABLE',
      detail: 'ECONNRESET',
    })
    expect(failureFields(new AppError('REVIEW_BUSY'))).toEqual({ code: 'REVIEW_BUSY' })
    expect(failureFields(new TypeError('x'))).toEqual({ code: 'INTERNAL', detail: 'x' })
    expect(failureFields('y')).toEqual({ code: 'INTERNAL', detail: 'y' })
  })
})
