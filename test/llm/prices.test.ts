import { expect, it } from 'vitest'

import { costMicros, loadPrices } from '#src/llm/prices.ts'

const prices = loadPrices()

it('is dated and in one currency', () => {
  expect(prices.asOf).toMatch(/^\d{4}-\d{2}-\d{2}$/)
  expect(prices.currency).toBe('USD')
})

it('knows a model with and without its date, and no other', () => {
  expect(prices.priceOf('gpt-4o-mini')).toEqual({ input: 0.15, output: 0.6 })
  expect(prices.priceOf('gpt-4o-mini-2024-07-18')).toEqual(prices.priceOf('gpt-4o-mini'))
  expect(prices.priceOf('gpt-4o-mini-tuned')).toBeNull()
  expect(prices.priceOf('llama-3')).toBeNull()
  expect(prices.priceOf('constructor')).toBeNull()
})

it('rounds a cost up, and measures none where usage or price is unknown', () => {
  const usage = { inputTokens: 1000, outputTokens: 101 }
  // 1000 × 0.15 + 101 × 0.6 = 210.6 millionths of a dollar.
  expect(costMicros(usage, { input: 0.15, output: 0.6 })).toBe(211)
  expect(costMicros(usage, { input: 0, output: 0 })).toBe(0)
  expect(costMicros(null, { input: 1, output: 1 })).toBeNull()
  expect(costMicros(usage, null)).toBeNull()
})
