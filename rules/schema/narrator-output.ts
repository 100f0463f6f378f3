import { z } from 'zod'

/** The envelope a narrator must return: sections of sentences and nothing else. A key too many refuses it. */
export const NarratorOutput = z.strictObject({
  v: z.literal(1),
  sections: z
    .array(
      z.strictObject({
        id: z.string(),
        sentences: z.array(z.string().min(3).max(400)).min(1).max(10),
      }),
    )
    .min(1)
    .max(4),
})
