import type { Person } from '#rules/policy/organisation.ts'
import type { Policy } from '#rules/policy/policy.ts'
import type { TokenScope } from '#rules/schema/token-scope.ts'

import { AppError } from '../errors.ts'
import { unknownPerson } from '../runtime/decide.ts'
import { asksForTokens } from '../store/policies.ts'
import type { Store } from '../store/store.ts'
import { isSecret, parseToken, type TokenParts } from './token-text.ts'
import { auditTokenRefusal, isIssued, loadToken, noteUse, type Token } from './tokens.ts'

/** Who does something, and by which token, which the database asks to see; null: the person was named on the command line. */
export interface Identity {
  readonly person: Person
  readonly token: TokenParts | null
}

/** What somebody brings along, and wants to do. */
export interface Claim {
  readonly policy: Policy
  /** `--as`. */
  readonly as: string | undefined
  /** `MO_TOKEN`. */
  readonly token: string | undefined
  readonly scope: TokenScope
}

/**
 * Who is it? A token is the identity: a name beside it must be the same person's. Without one a name is enough, unless the policy asks for
 * tokens.
 *
 * @throws AppError `TOKEN_REFUSED`, which is on the audit log; `PERSON_UNKNOWN`; `USAGE` when nobody is named.
 */
export async function identify(store: Store, claim: Claim): Promise<Identity> {
  const { policy, as } = claim
  const token = await admit(store, claim)
  const personId = token?.person ?? as
  if (personId === undefined) {
    throw new AppError('USAGE', {
      message: 'nobody is named',
      expected: '--as with the id of a person in policy.yaml, or a token in MO_TOKEN',
      got: 'neither',
    })
  }
  const person = policy.people.find((each) => each.id === personId)
  if (person === undefined) throw unknownPerson(policy, personId)
  return { person, token: parseToken(claim.token ?? '') ?? null }
}

/**
 * May this be done at all? A token that is brought along must be good for it; without one it may, unless the policy asks for tokens. Reading is
 * open to whoever reaches the database.
 *
 * @returns The token; null when none was needed.
 * @throws AppError `TOKEN_REFUSED`, which is on the audit log.
 */
export async function admit(
  store: Store,
  { policy, token: text, scope, as }: Omit<Claim, 'as'> & Partial<Pick<Claim, 'as'>>,
): Promise<Token | null> {
  if (text === undefined) {
    if (scope === 'read') return null
    // A file that was changed lets nobody off before it is admitted.
    const { name } = policy.company
    if (!policy.security.require_token && !(await asksForTokens(store.pool, name))) return null
    throw await refuse(store, { why: 'required', next: await wayToToken(store, { name, scope }) })
  }
  const token = await tokenIn(store, text)
  const why = faultOf(token, { company: policy.company.name, scope, as })
  if (why !== undefined) {
    const { name } = policy.company
    throw await refuse(store, { token, why, next: await wayToToken(store, { name, scope }) })
  }
  await noteUse(store, token, scope)
  return token
}

/**
 * The token whose text this is, whatever its state. One that nobody issued takes the same way as one with a wrong secret.
 *
 * @throws AppError `TOKEN_REFUSED`, which is on the audit log.
 */
export async function tokenIn(store: Store, text: string): Promise<Token> {
  const given = parseToken(text)
  const held = given === undefined ? undefined : await loadToken(store.pool, given.id)
  const isIts = isSecret(given?.secret ?? '', held?.secretSha256 ?? HASH_OF_NOTHING)
  if (held !== undefined && isIts) return held.token
  throw await refuse(store, { id: given?.id, why: 'unknown' })
}

/** The hash that no secret is known to have. */
const HASH_OF_NOTHING = '0'.repeat(64)

const WHY = {
  required: 'the policy asks for a token, and none was given',
  unknown: 'the token is not known',
  other_company: 'the token is of another company',
  other_person: 'the token belongs to somebody else than --as names',
  revoked: 'the token was revoked',
  expired: 'the token has expired',
  scope: 'the token was not given for this',
} as const
type Why = keyof typeof WHY

function faultOf(
  token: Token,
  {
    company,
    scope,
    as,
  }: { readonly company: string; readonly scope: TokenScope; readonly as: string | undefined },
): Why | undefined {
  if (token.workspace !== company) return 'other_company'
  if (token.state !== 'live') return token.state
  if (as !== undefined && as !== token.person) return 'other_person'
  return token.scopes.includes(scope) ? undefined : 'scope'
}

/** How to come by a token for this: nobody has one who could issue it before the first of all, which is for issuing. */
async function wayToToken(
  { pool }: Pick<Store, 'pool'>,
  { name, scope }: { readonly name: string; readonly scope: TokenScope },
): Promise<string> {
  if (await isIssued(pool, name)) {
    return `set MO_TOKEN to a token that whoever holds one of scope issue makes with: mo token create PERSON --scope ${scope}`
  }
  const first =
    'make the first token, which must be one for issuing: mo token create PERSON --scope issue'
  const more =
    scope === 'issue' ? '' : `, and with it in MO_TOKEN: mo token create PERSON --scope ${scope}`
  return `${first}${more}`
}

/** Writes the refusal down; whose token it was is said only where its secret was right. */
async function refuse(
  store: Store,
  {
    token,
    id,
    why,
    next = 'set MO_TOKEN to a token made with: mo token create PERSON --scope SCOPES',
  }: {
    readonly token?: Token
    readonly id?: string | undefined
    readonly why: Why
    readonly next?: string
  },
): Promise<AppError> {
  const tokenId = token?.tokenId ?? id ?? 'no-token'
  await auditTokenRefusal(store, { tokenId, person: token?.person ?? null, why })
  return new AppError('TOKEN_REFUSED', {
    message: WHY[why],
    next,
  })
}
