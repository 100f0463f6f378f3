import { withReviewLock } from '#src/store/review-lock.ts'
/**
 * A process of its own that uses a workspace's store, for tests of several commands at once.
 *
 * Usage: node store-process.ts WORKSPACE save NAME   saves a setting and leaves
 *        node store-process.ts WORKSPACE hold        says so on stdout and stays until it is killed
 *        node store-process.ts WORKSPACE lock ID     the same, holding the lock of review ID
 */
import { saveSetting } from '#src/store/settings.ts'
import { openStore } from '#src/store/store.ts'

const [workspaceDir = '', task = '', name = ''] = process.argv.slice(2)
const store = await openStore({ workspaceDir })

async function stay(text: string): Promise<void> {
  process.stdout.write(`${text}\n`)
  await new Promise((resolve) => {
    setTimeout(resolve, 120_000)
  })
}

if (task === 'save') await saveSetting(store.pool, { name, value: String(process.pid) })
if (task === 'hold') await stay('holding')
if (task === 'lock') {
  await withReviewLock(store, name, (lock) => stay(`locked ${lock.fence}`))
}
await store.close()
