import { afterEach, describe, expect, it, vi } from 'vitest'

import { loadConfig } from '#src/config.ts'
import { AppError } from '#src/errors.ts'

afterEach(() => {
  vi.unstubAllEnvs()
})

function refusal(): AppError {
  try {
    loadConfig()
  } catch (error) {
    if (error instanceof AppError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

const ENDPOINT = 'http://127.0.0.1:9/v1'

describe('the environment', () => {
  it.each([
    ['nothing', {}, null],
    ['a model without an endpoint', { NARRATOR_MODEL: 'm' }, null],
    ['an endpoint without a model', { OPENAI_BASE_URL: ENDPOINT }, null],
    [
      'a model and an address',
      { NARRATOR_MODEL: 'm', OPENAI_BASE_URL: ENDPOINT },
      expect.objectContaining({ model: 'm', baseUrl: ENDPOINT }),
    ],
    [
      'a model and a key',
      { NARRATOR_MODEL: 'm', OPENAI_API_KEY: 'k' },
      expect.objectContaining({ apiKey: 'k', baseUrl: 'https://api.openai.com/v1' }),
    ],
    ['empty values', { NARRATOR_MODEL: 'm', OPENAI_API_KEY: '', DATABASE_URL: '' }, null],
  ])('with %s', (_what, given: Record<string, string>, narrator: unknown) => {
    for (const [name, value] of Object.entries(given)) vi.stubEnv(name, value)
    const config = loadConfig()
    expect(config.narrator ?? null).toEqual(narrator)
    expect(config.databaseUrl).toBeUndefined()
  })

  it.each([
    [{ NARRATOR_MODEL: 'm' }, /^NARRATOR_MODEL is set and neither OPENAI_BASE_URL nor/],
    [{ OPENAI_BASE_URL: ENDPOINT }, /^OPENAI_BASE_URL is set and NARRATOR_MODEL is not/],
    [{ OPENAI_BASE_URL: ENDPOINT, NARRATOR_MODEL: 'm' }, /^$/],
    // Many programs read a key; it alone asks for nothing.
    [{ OPENAI_API_KEY: 'k' }, /^$/],
  ])('says what is missing of a model with %j', (given: Record<string, string>, said) => {
    for (const [name, value] of Object.entries(given)) vi.stubEnv(name, value)
    expect(loadConfig().narratorUnset ?? '').toMatch(said)
  })

  it('refuses an owner of the database without the login the program works with', () => {
    vi.stubEnv('DATABASE_OWNER_URL', 'postgres://owner:secret@host/mo')
    expect(refusal()).toMatchObject({
      code: 'CONFIG_INVALID',
      message: 'DATABASE_OWNER_URL is set and DATABASE_URL is not',
    })
    vi.stubEnv('DATABASE_URL', 'postgres://program:secret@host/mo')
    expect(loadConfig().databaseOwnerUrl).toBe('postgres://owner:secret@host/mo')
  })

  it.each([
    ['MO_DATABASE', 'acme', 'MO_DATABASE is not a setting of this program'],
    ['WAREHOUSE_URL', 'postgres://a/b', 'WAREHOUSE_URL is set, and this version has no use for it'],
    [
      'SLACK_WEBHOOK_URL',
      'https://hooks.example.test/x',
      'SLACK_WEBHOOK_URL is set, and this version has no use for it',
    ],
    ['DATABASE_URL', 'top secret', 'the environment variable DATABASE_URL is malformed'],
    ['REDIS_URL', 'http://a', 'the environment variable REDIS_URL is malformed'],
    [
      'OPENAI_BASE_URL',
      'localhost:8000/v1',
      'the environment variable OPENAI_BASE_URL is malformed',
    ],
    ['LOG_LEVEL', 'loud', 'the environment variable LOG_LEVEL is malformed'],
  ])('refuses %s=%s, and never shows the value', (name, value, message) => {
    vi.stubEnv(name, value)
    const error = refusal()
    expect(error).toMatchObject({ code: 'CONFIG_INVALID', message })
    expect(JSON.stringify(error)).not.toContain(value)
  })
})
