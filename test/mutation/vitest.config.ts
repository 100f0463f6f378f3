import { defineConfig } from 'vitest/config'

/** How the tests run under Stryker. Which of them run is said by its option `vitest.dir`, to which the pattern is relative. */
export default defineConfig({ test: { include: ['**/*.test.ts'], testTimeout: 60_000 } })
