import type { NarrativePolicy } from '#rules/policy/communication.ts'

import type { CallLedger } from './ledger.ts'
import type { NarratorDeps } from './narrate.ts'
import { createOpenAiModel, type Endpoint } from './openai.ts'
import { loadPrices } from './prices.ts'
import { createPace } from './recorded-call.ts'

/** A model to tell reviews with, and a key to keep its raw answers under. */
export interface NarratorSettings extends Endpoint {
  readonly archiveKey?: string | undefined
}

/** The narrator of one review; undefined without a model, and then nothing is asked of anyone. */
export function createNarrator(
  settings: NarratorSettings | undefined,
  { policy, ledger }: { readonly policy: NarrativePolicy; readonly ledger: CallLedger },
): NarratorDeps | undefined {
  if (settings === undefined) return undefined
  return {
    model: createOpenAiModel(settings),
    ledger,
    policy,
    prices: loadPrices(),
    archiveKey: settings.archiveKey,
    pace: createPace(),
  }
}
