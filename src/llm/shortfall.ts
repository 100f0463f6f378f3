import { z } from 'zod'

import type { CapReached } from './caps.ts'
import type { ChatFailure } from './chat.ts'

/** Why no words of a model stand in a section: a failed call, the bound that forbade it, or words that no rule allows. */
export type ShortfallCode = ChatFailure | CapReached | 'words_refused' | 'form_refused'

/** A section that a model was to tell and did not. */
export const Shortfall = z.strictObject({
  model: z.string(),
  code: z.string(),
  /** Null where no answer came. */
  httpStatus: z.int().nullable(),
})
export type Shortfall = z.infer<typeof Shortfall>

/** What is reported of a call while a review runs, for whoever watches. `atMostMs`: how long an answer is waited for. */
export type CallEvent =
  | { readonly kind: 'asked'; readonly stage: string; readonly atMostMs: number }
  | {
      readonly kind: 'failed'
      readonly stage: string
      readonly code: ChatFailure
      readonly httpStatus: number | null
    }
