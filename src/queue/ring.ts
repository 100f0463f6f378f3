import type { Store } from '../store/store.ts'
import type { Bell } from './bell.ts'
import { peekTurn, takeTurn } from './fair-turns.ts'
import type { WorkQueue } from './queue.ts'

/** Rings a bell in the fair turn of its workspace. A bell that rings already costs its workspace no turn. */
export async function ringFairly(
  { store, queue }: { readonly store: Pick<Store, 'pool'>; readonly queue: WorkQueue },
  bell: Bell,
  workspace: string,
): Promise<void> {
  const rung = await queue.isRung(bell)
  const turn = await (rung ? peekTurn : takeTurn)(store.pool, workspace)
  await queue.ring(bell, { turn })
}
