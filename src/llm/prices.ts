import { readFileSync } from 'node:fs'

import { parse } from 'yaml'
import { z } from 'zod'

import type { Usage } from './chat.ts'

const Price = z.strictObject({ input: z.number().nonnegative(), output: z.number().nonnegative() })

const PriceFile = z.strictObject({
  as_of: z.iso.date(),
  source: z.string(),
  currency: z.string(),
  models: z.record(z.string(), Price),
})

/** Dollars per million tokens, which is millionths of a dollar per token. */
export type Price = z.infer<typeof Price>

/** A dated list of prices. */
export interface PriceList {
  readonly asOf: string
  readonly currency: string
  /** The price of a model; null for one that is not listed. */
  readonly priceOf: (model: string) => Price | null
}

/** Reads the list that came with this version. */
export function loadPrices(): PriceList {
  const file = PriceFile.parse(
    parse(readFileSync(new URL('prices.yaml', import.meta.url), 'utf8'), { version: '1.2' }),
  )
  const models = new Map(Object.entries(file.models))
  return {
    asOf: file.as_of,
    currency: file.currency,
    priceOf: (model) =>
      models.get(model) ?? models.get(model.replace(/-\d{4}-\d{2}-\d{2}$/, '')) ?? null,
  }
}

/** Millionths of the currency, rounded up so that a cap is never missed by a fraction. Null, and never 0, where price or usage is unknown. */
export function costMicros(usage: Usage | null, price: Price | null): number | null {
  if (usage === null || price === null) return null
  return Math.ceil(usage.inputTokens * price.input + usage.outputTokens * price.output)
}
