import { enableCompileCache } from 'node:module'

/**
 * Loaded before a program (`node --import`), makes its clock wrong by the milliseconds named after `--clock-jump=` in its arguments, as a
 * machine whose clock was set would. The database's clock stays right.
 */
const PREFIX = '--clock-jump='
// A run starts the same programs hundreds of times.
enableCompileCache()

const jumpMs = Number(
  process.argv.find((text) => text.startsWith(PREFIX))?.slice(PREFIX.length) ?? 0,
)

if (jumpMs !== 0) {
  const Real = globalThis.Date
  globalThis.Date = new Proxy(Real, {
    construct: (target, values: number[]) =>
      Reflect.construct(target, values.length === 0 ? [Real.now() + jumpMs] : values),
    get: (target, name) =>
      name === 'now' ? () => Real.now() + jumpMs : Reflect.get(target, name, target),
  })
}
