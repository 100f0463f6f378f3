import { expect, it } from 'vitest'

import { mo } from '#test/support/mo.ts'

it.each([
  ['approve', /--as <person> .*required unless MO_TOKEN/s],
  ['reject', /--reason <text> +why \(required\)/],
  ['schedule', /list \(default\), set,\s+remove/],
  ['changes', /ID of a request \(all of its orders\) or of one order/],
])('the help of %s says what it needs', async (command, words) => {
  expect((await mo([command, '--help'])).stdout).toMatch(words)
})

it('offers no workspace to the command that makes one', async () => {
  expect((await mo(['init', '--help'])).stdout).not.toContain('--workspace')
})
