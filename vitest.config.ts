import { defineConfig } from 'vitest/config'

import { ClosingLine } from './test/support/closing-line.ts'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    reporters: ['default', new ClosingLine()],
    // Half of the time is spent waiting for servers and processes: two files at a time fill two cores.
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    coverage: { provider: 'v8', include: ['rules/**/*.ts'], reporter: ['text-summary'] },
  },
})
