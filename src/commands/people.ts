import { present } from '#rules/kernel/invariant.ts'
import type { Policy } from '#rules/policy/policy.ts'
import { TokenScope } from '#rules/schema/token-scope.ts'

import type { Actor } from '../audit/entry.ts'
import { AppError } from '../errors.ts'
import { admit, identify } from '../people/identity.ts'
import { knownEditors } from '../people/policy-rights.ts'
import { rightsOfPeople, type PersonRights } from '../people/rights.ts'
import { createToken, isIssued, listTokens, revokeToken } from '../people/tokens.ts'
import { unknownPerson } from '../runtime/decide.ts'
import { localDateOf } from '../runtime/local-time.ts'
import { workspacePolicy } from '../runtime/workspace.ts'
import type { Store } from '../store/store.ts'
import { columns } from '../terminal/output.ts'
import { withStore, type CommandContext, type CommandExit, type CommonOptions } from './context.ts'

/** `mo people`: everybody in the policy, with roles and what each may decide today. */
export async function runPeople(
  context: CommandContext,
  options: CommonOptions,
): Promise<CommandExit> {
  return withStore(context, options, async (store, workspace) => {
    const { policy } = await knownEditors(store, await workspacePolicy(workspace))
    const on = localDateOf(context.now().toISOString(), policy.company.time_zone)
    const tokens = await listTokens(store.pool, policy.company.name)
    const people = rightsOfPeople(policy, on).map((person) => ({
      ...person,
      liveTokens: tokens.filter(({ person: id, state }) => id === person.id && state === 'live')
        .length,
    }))
    if (context.output.json) context.output.document(people)
    else if (people.length === 0) context.output.line('The policy names nobody.')
    else {
      const rows = people.map((person) => [
        person.id,
        person.name,
        person.roles.join(', '),
        String(person.liveTokens),
        decidesInWords(person, policy),
      ])
      context.output.line(columns([['PERSON', 'NAME', 'ROLES', 'TOKENS', 'MAY DECIDE'], ...rows]))
    }
    return 0
  })
}

function decidesInWords(
  { id, decides, mayIncrease, edited }: PersonRights,
  policy: Policy,
): string {
  if (edited) return 'nothing: edited the policy'
  const tiers = decides.map(({ tier, principalId, limit }) => {
    const upTo = limit === null ? '' : ` up to ${limit} ${policy.company.currency}`
    return `${tier}${upTo}${principalId === id ? '' : ` for ${principalId}`}`
  })
  return [...tiers, ...(mayIncrease ? ['increases'] : [])].join(', ') || 'nothing'
}

export interface TokenOptions extends CommonOptions {
  /** A person for create, a token's id for revoke. */
  readonly subject?: string
  readonly as?: string
  readonly scope?: string
  readonly days?: string
  readonly label?: string
  readonly reason?: string
}

/** `mo token create`: a token of a person. It is shown once. */
export async function runTokenCreate(
  context: CommandContext,
  options: TokenOptions,
): Promise<CommandExit> {
  return withStore(context, options, async (store, workspace) => {
    const { policy } = await workspacePolicy(workspace)
    const person = needed(options.subject, 'the id of a person in policy.yaml')
    if (!policy.people.some(({ id }) => id === person)) throw unknownPerson(policy, person)
    const scopes = scopesOf(needed(options.scope, '--scope'))
    await keepApart(store, policy, { person, scopes })
    const actor = await issuer(store, policy, { context, options, scopes })
    const { token, text } = await createToken(
      store,
      {
        workspace: policy.company.name,
        person,
        label: options.label ?? '',
        scopes,
        days: daysOf(options.days, policy.security.token_max_days),
      },
      actor,
    )
    if (context.output.json) context.output.document({ ...token, token: text })
    else {
      context.output.line(text)
      context.output.progress(
        `Shown once. For ${scopes.join(', ')} as ${person}, until ${minute(token.expiresAt)} UTC: set it as MO_TOKEN.`,
      )
    }
    return 0
  })
}

/** Whoever issues tokens could decide in anybody's name, so nobody holds one for each. */
async function keepApart(
  store: Store,
  policy: Policy,
  { person, scopes }: { readonly person: string; readonly scopes: readonly TokenScope[] },
): Promise<void> {
  const held = (await listTokens(store.pool, policy.company.name)).filter(
    (token) => token.person === person && token.state === 'live',
  )
  const all = new Set([...scopes, ...held.flatMap((token) => token.scopes)])
  if (!(all.has('issue') && all.has('approve'))) return
  const other = held.find(({ scopes: given }) =>
    given.some((scope) => scope === 'issue' || scope === 'approve'),
  )
  throw new AppError('USAGE', {
    message: 'whoever issues tokens approves nothing: a token would be made for each approver',
    expected: 'issue and approve with two people',
    got:
      other === undefined
        ? `${scopes.join(', ')} for ${person}`
        : `${scopes.join(', ')} for ${person}, who holds ${other.tokenId} for ${other.scopes.join(', ')}`,
    next: 'give one of the two to somebody else, or revoke the other token',
  })
}

/** `mo token list`: the tokens of the company, without their secrets. */
export async function runTokenList(
  context: CommandContext,
  options: TokenOptions,
): Promise<CommandExit> {
  return withStore(context, options, async (store, workspace) => {
    const { policy } = await workspacePolicy(workspace)
    await admit(store, { policy, token: context.config.token, scope: 'read' })
    const tokens = await listTokens(store.pool, policy.company.name)
    if (context.output.json) context.output.document(tokens)
    else if (tokens.length === 0) context.output.line('No token was created yet.')
    else {
      const rows = tokens.map((token) => [
        token.tokenId,
        token.state,
        token.person,
        token.scopes.join(', '),
        minute(token.expiresAt),
        token.lastUsedAt === null ? 'never' : minute(token.lastUsedAt),
        token.label,
      ])
      const head = ['TOKEN', 'STATE', 'PERSON', 'SCOPE', 'UNTIL (UTC)', 'LAST USED (UTC)', 'LABEL']
      context.output.line(columns([head, ...rows]))
    }
    return 0
  })
}

/** `mo token revoke`: ends a token at once. */
export async function runTokenRevoke(
  context: CommandContext,
  options: TokenOptions,
): Promise<CommandExit> {
  return withStore(context, options, async (store, workspace) => {
    const { policy } = await workspacePolicy(workspace)
    const tokenId = needed(options.subject, 'the id of a token')
    const reason = needed(options.reason, '--reason')
    const actor = await issuer(store, policy, { context, options, scopes: [] })
    const ended = await revokeToken(
      store,
      { workspace: policy.company.name, tokenId, reason },
      actor,
    )
    if (!ended) {
      throw new AppError('ID_UNKNOWN', {
        message: 'no token of this id can be revoked',
        got: tokenId,
        next: 'list the tokens with: mo token list',
      })
    }
    if (!context.output.json) context.output.line(`Revoked: ${tokenId}.`)
    return 0
  })
}

/**
 * Who creates or revokes. Where the policy asks for tokens, whoever has one for issuing; while nobody has, the first such token may be made by
 * whoever reaches the database.
 */
async function issuer(
  store: Store,
  policy: Policy,
  {
    context,
    options,
    scopes,
  }: {
    readonly context: CommandContext
    readonly options: TokenOptions
    readonly scopes: readonly TokenScope[]
  },
): Promise<Actor> {
  const { token } = context.config
  const isFirst =
    token === undefined &&
    scopes.includes('issue') &&
    !(await isIssued(store.pool, policy.company.name))
  if (isFirst || (token === undefined && options.as === undefined)) {
    if (!isFirst) await admit(store, { policy, token, scope: 'issue' })
    return { actor: 'system:cli', role: null, onBehalfOf: null }
  }
  const { person } = await identify(store, { policy, token, as: options.as, scope: 'issue' })
  return { actor: person.id, role: person.roles[0] ?? null, onBehalfOf: null }
}

function scopesOf(text: string): TokenScope[] {
  const scopes = text.split(',').map((each) => TokenScope.safeParse(each.trim()).data)
  if (scopes.every((scope) => scope !== undefined)) return [...new Set(scopes)]
  throw new AppError('USAGE', {
    message: 'the scope is not readable',
    expected: `some of ${TokenScope.options.join(', ')}, with commas between`,
    got: text,
  })
}

function daysOf(text: string | undefined, most: number): number {
  const days = text === undefined ? most : Number(text)
  if (Number.isSafeInteger(days) && days >= 1 && days <= most) return days
  throw new AppError('USAGE', {
    message: '--days is not readable',
    expected: `a whole number from 1 to ${most} (security.token_max_days)`,
    got: present(text, 'the days that were given'),
  })
}

function minute(instant: string): string {
  return instant.slice(0, 16).replace('T', ' ')
}

function needed(value: string | undefined, expected: string): string {
  if (value !== undefined && value.trim() !== '') return value
  throw new AppError('USAGE', { expected, got: 'nothing', next: 'see: mo token --help' })
}
