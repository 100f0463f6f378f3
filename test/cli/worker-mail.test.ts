import { spawn } from 'node:child_process'
import { once } from 'node:events'

import { expect, it, onTestFinished, vi } from 'vitest'

import { environmentWith } from '#test/support/environment.ts'
import { GOVERNED_FILES, startGovernedReview } from '#test/support/governed-review.ts'
import { startSmtpServer } from '#test/support/smtp-server.ts'

it('mo worker asks who is waited for, by mail, without anybody running a command', async () => {
  const review = await startGovernedReview({
    'policy.yaml': String(GOVERNED_FILES['policy.yaml']).replace(
      'name: Finance,',
      'name: Finance, email: fin@example.com,',
    ),
  })
  const [request] = await review.requests()
  const smtp = await startSmtpServer()
  onTestFinished(() => smtp.close())
  const args = ['bin/mo.mjs', 'worker', '--workspace', review.workspace.directory]
  const worker = spawn(process.execPath, args, {
    env: environmentWith({ SMTP_URL: smtp.url, LOG_LEVEL: 'error' }),
    stdio: 'ignore',
  })
  const ended = once(worker, 'exit')
  try {
    await vi.waitFor(() => expect(smtp.mails).toHaveLength(1), { timeout: 40_000, interval: 100 })
  } finally {
    worker.kill('SIGTERM')
    await ended
  }
  expect(smtp.mails[0]?.to).toContain('fin@example.com')
  expect(smtp.mails[0]?.data).toContain('Subject: Your approval is needed: $1,000.00 from Search')
  expect(await review.audit(request?.approvalId ?? '')).toEqual([
    'approval.requested',
    'approval.asked',
    'approval.asked',
  ])
  expect(await ended).toEqual([0, null])
})
