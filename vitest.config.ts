import { configDefaults, defineConfig } from 'vitest/config'

import { ClosingLine } from './test/support/closing-line.ts'

/** These change, or look at, what a process has once: tracers, what a library remembers of the environment, timers, servers of its own. */
const APART = [
  'test/config.test.ts',
  'test/llm/tracing.test.ts',
  'test/observe/{tracing,exported}.test.ts',
  'test/operations/*.test.ts',
  'test/store/{embedded,review-lock}.test.ts',
]

export default defineConfig({
  test: {
    reporters: ['default', new ClosingLine()],
    // A third of the time is spent waiting for servers and processes: three files at a time fill two cores.
    maxWorkers: 3,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    coverage: { provider: 'v8', include: ['rules/**/*.ts'], reporter: ['text-summary'] },
    projects: [
      { extends: true, test: { name: 'apart', include: APART } },
      {
        extends: true,
        test: {
          name: 'together',
          include: ['test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...APART],
          // Files that follow each other in one process: to begin a process and to load the program anew takes longer than most files.
          isolate: false,
        },
      },
    ],
  },
})
