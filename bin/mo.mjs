#!/usr/bin/env node
// Starts the command line. Node 24 runs the TypeScript sources as they are; an older Node hands over to the one in node_modules.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import * as nodeModule from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const NEEDED = 24
const { enableCompileCache } = nodeModule
const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const entry = join(root, 'src', 'cli.ts')
const running = Number(process.versions.node.split('.')[0])

if (running >= NEEDED) {
  // Compiled code is kept between runs: a command line is started often and lives for seconds.
  enableCompileCache?.()
  await import(entry)
} else {
  const bundled = [
    join(root, 'node_modules', '.bin', 'node'),
    join(root, 'node_modules', 'node', 'bin', 'node'),
  ].find((path) => existsSync(path))
  if (bundled === undefined) {
    console.error(
      `error[NODE_TOO_OLD]: Node ${process.versions.node} cannot run this program\n` +
        `  expected: Node ${NEEDED} or newer, or the copy that npm ci puts into node_modules\n` +
        `  next: run npm ci in ${root}, or install Node ${NEEDED}`,
    )
    process.exit(2)
  }
  const { status, signal } = spawnSync(bundled, [entry, ...process.argv.slice(2)], {
    stdio: 'inherit',
  })
  process.exit(status ?? (signal === null ? 5 : 130))
}
