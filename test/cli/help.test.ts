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

it.each([
  [
    ['queue', 'bogus'],
    /^error\[USAGE\]: .*'bogus' is invalid.*\n {2}next: see the command with --help\n$/,
  ],
  [
    ['narrative', 'bogus'],
    /^error\[USAGE\]: there is no such action\n {2}expected: one of show, .*\n {2}got: bogus\n/,
  ],
])('wrong use of %j has the form of every error', async (words, form) => {
  const { status, stderr } = await mo(words)
  expect(status).toBe(2)
  expect(stderr).toMatch(form)
})

it('offers no workspace to the command that makes one', async () => {
  expect((await mo(['init', '--help'])).stdout).not.toContain('--workspace')
})
