import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'

import { expect, test, vi } from 'vitest'
import { z } from 'zod'

import { createCompany } from '#test/support/review-company.ts'
import { createReadyWorkspace } from '#test/support/store.ts'

vi.setConfig({ testTimeout: 240_000 })

const Package = z.object({ scripts: z.object({ start: z.string() }) })
const Line = z.object({ msg: z.string(), port: z.int().optional() })

test('npm start answers for its health and for its queue, and ends well when it is asked to', async () => {
  const { scripts } = Package.parse(JSON.parse(await readFile('package.json', 'utf8')))
  // The very words of the script, but any free port.
  const [program, ...words] = scripts.start.replace('8080', '0').split(' ')
  expect([program, words.at(-1)]).toEqual(['node', '0'])
  const workspace = await createReadyWorkspace()
  await createCompany(workspace.directory)
  const more = ['--board-port', '0', '--workspace', workspace.directory]
  const child = spawn(process.execPath, [...words, ...more], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const ended = once(child, 'exit')
  try {
    const said: string[] = []
    const answers: number[] = []
    const ports: number[] = []
    for await (const line of createInterface({ input: child.stderr })) {
      const { msg, port: listening } = Line.parse(JSON.parse(line))
      said.push(msg)
      if (listening !== undefined) ports.push(listening)
      if (msg === 'worker started') {
        const ask = async (page: string, port = ports[0]) =>
          (await fetch(`http://127.0.0.1:${port}${page}`)).status
        answers.push(await ask('/healthz'), await ask('/readyz'), await ask('/metrics'))
        answers.push(await ask('/queue/api/queues', ports[1]), await ask('/sign-in', ports[1]))
        child.kill('SIGTERM')
      }
    }
    expect(answers).toEqual([200, 200, 200, 401, 200])
    expect(await ended).toEqual([0, null])
    expect(said.at(-1)).toContain('asked to stop')
  } finally {
    child.kill('SIGKILL')
    await workspace.remove()
  }
})
