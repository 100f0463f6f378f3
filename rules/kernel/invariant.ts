/** A broken promise of our own code. Nobody below `src/` catches it. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError'
}

/**
 * Stops when `condition` does not hold.
 *
 * @param message Says which promise was broken and by what, without data of people.
 * @throws InvariantError when `condition` is false.
 */
export function invariant(condition: boolean, message: string): asserts condition {
  if (!condition) throw new InvariantError(message)
}

/**
 * The value, where the code before has made sure there is one.
 *
 * @throws InvariantError when `value` is undefined or null.
 */
export function present<Value>(value: Value | undefined | null, what: string): Value {
  if (value == null) throw new InvariantError(`${what} is missing`)
  return value
}
