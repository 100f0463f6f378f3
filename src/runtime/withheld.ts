import { ownerOf } from '#rules/governance/owner.ts'
import type { Policy } from '#rules/policy/policy.ts'

import { auditEntry } from '../audit/entry.ts'
import { queueMessage } from '../notify/outbox.ts'
import { trustReasonText } from '../report/trust-words.ts'
import { applyOnce } from '../store/effects.ts'
import type { Store } from '../store/store.ts'
import { documentOf } from './publish.ts'
import type { ReviewSession } from './session.ts'

/** A recipient of messages, and the person of the policy it is, where it is one. */
interface Recipient {
  readonly person: string | null
  readonly address: string | null
}

/**
 * Tells that a review which nobody watched is withheld, once: whoever answers for the data, and everybody who would get the report. The people
 * are on the audit log, also those without a mail address.
 */
export async function tellWithheld(
  store: Store,
  session: ReviewSession,
  fence: number,
): Promise<void> {
  const { context, review } = session
  const { reviewId, month, workspace } = review
  const document = await documentOf(store, session, 'withheld')
  const { trust } = document
  const recipients = recipientsOf(context.policy)
  const told = {
    people: recipients.map(({ person, address }) => person ?? address ?? ''),
    mailed: recipients.filter(({ address }) => address !== null).length,
  }
  const audit = auditEntry(
    { actor: 'system:review', role: null, onBehalfOf: null },
    {
      action: 'review.withheld',
      subject: reviewId,
      reviewId,
      reason: `the data are graded ${trust.grade}`,
      after: told,
    },
  )
  await applyOnce(
    store.pool,
    { reviewId, stage: 'publish', subject: 'withheld', payload: told, fence, audit },
    async (client) => {
      for (const { address } of recipients) {
        if (address === null) continue
        await queueMessage(client, {
          key: `${reviewId}:withheld:${address}`,
          workspace,
          recipient: address,
          subject: `Marketing review ${month} of ${workspace} is withheld: the data are graded ${trust.grade}`,
          body: [
            `The review of ${month} is withheld; no stage was run and nothing was decided.`,
            ...trust.reasons.map(
              (reason) => `- ${trustReasonText(withoutCells(reason), document)}`,
            ),
            `The report says the same: reviews/${month}/report.html`,
            'Every rejected row: npm run -s mo -- validate --workspace DIR',
            `Once the data are mended: npm run -s mo -- review --workspace DIR --month ${month}`,
          ].join('\n'),
        })
      }
    },
  )
}

type TrustReason = Parameters<typeof trustReasonText>[0]

/** A mail names data sets and counts; what a cell holds may be somebody's data, and stays in the report. */
function withoutCells({ compared, ...reason }: TrustReason): TrustReason {
  const kept = Object.entries(compared).filter(([name]) => !name.startsWith('fault'))
  return { ...reason, compared: Object.fromEntries(kept) }
}

/** Who answers for the quality of the data, or where the policy names nobody whoever operates the reviews; and the readers of the report. */
function recipientsOf(policy: Policy): readonly Recipient[] {
  const area = policy.risk.owner_areas['data_quality'] ?? policy.risk.default_area
  const owner = ownerOf(area, policy).id
  const people = policy.people.filter(({ id, roles }) =>
    owner === null ? roles.includes('operator') : id === owner,
  )
  const answering = people.map(({ id, email }) => ({ person: id, address: email ?? null }))
  const known = new Set(answering.map(({ address }) => address))
  const readers = new Set(policy.distribution.flatMap(({ to }) => to))
  return [
    ...answering,
    ...[...readers]
      .filter((address) => !known.has(address))
      .map((address) => ({ person: null, address })),
  ]
}
