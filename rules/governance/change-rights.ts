import type { ChangesPolicy } from '../policy/money-moves.ts'
import type { Person } from '../policy/organisation.ts'

/**
 * May this person say what became of change orders: send them, confirm them, or bring a platform's history?
 *
 * Whoever has one of the roles that work on the platforms, or may approve moves of some tier. Who proposed or approved a move may carry it
 * out as well: that decides nothing any more.
 *
 * Source: segregation of authorisation, custody and recording, COSO Internal Control, principle 10.
 */
export function mayCarryOut(
  { roles, may_approve: tiers }: Pick<Person, 'roles' | 'may_approve'>,
  { roles: carrying }: Pick<ChangesPolicy, 'roles'>,
): boolean {
  return tiers.length > 0 || roles.some((role) => carrying.includes(role))
}
