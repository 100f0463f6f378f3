import type { Policy } from '../policy/policy.ts'

/** Who answers for an area; `id` null when the policy names nobody. */
export interface Owner {
  readonly id: string | null
  readonly name: string
}

/** Who answers for an area of `operating_model.owners`, e.g. `budget`? */
export function ownerOf(
  area: string,
  { operating_model: { owners }, people }: Pick<Policy, 'operating_model' | 'people'>,
): Owner {
  const id = owners[area]
  if (id === undefined) return { id: null, name: 'nobody named in the policy' }
  return { id, name: people.find((person) => person.id === id)?.name ?? id }
}
