import { spawnSync } from 'node:child_process'

import { expect, test } from 'vitest'

const bench = (...options: readonly string[]) =>
  spawnSync(process.execPath, ['bench/run.ts', ...options], { encoding: 'utf8', timeout: 30_000 })

test.each(['--help', '-h'])('%s prints how the bench is used and measures nothing', (option) => {
  const { status, stdout, stderr } = bench(option)
  expect([status, stderr]).toEqual([0, ''])
  expect(stdout).toMatch(/^Usage: npm run bench -- \[--quick\]\n/)
  expect(stdout).toContain('--quick')
  expect(stdout).not.toContain('× base')
})

test('an option that it does not know ends with 2, and measures nothing', () => {
  const { status, stdout, stderr } = bench('--quack')
  expect([status, stdout]).toEqual([2, ''])
  expect(stderr).toBe('unknown option --quack; --help lists those there are\n')
})
