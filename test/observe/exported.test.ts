import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'

import { expect, onTestFinished, test, vi } from 'vitest'
import { z } from 'zod'

import { inSpan } from '#src/observe/span.ts'
import { startTracing } from '#src/observe/tracing.ts'

const Span = z.object({
  name: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().optional(),
  attributes: z.array(z.object({ key: z.string(), value: z.record(z.string(), z.unknown()) })),
})
const Traces = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({
        attributes: z.array(
          z.object({ key: z.string(), value: z.object({ stringValue: z.string() }) }),
        ),
      }),
      scopeSpans: z.array(z.object({ spans: z.array(Span) })),
    }),
  ),
})

/** A collector that takes traces as OTLP in JSON. */
async function startCollector() {
  const received: { readonly path: string | undefined; readonly body: z.infer<typeof Traces> }[] =
    []
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = Traces.parse(JSON.parse(await text(request)))
    received.push({ path: request.url, body })
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
  }
  const server = createServer((request, response) => void take(request, response))
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  return { received, endpoint: `http://127.0.0.1:${port}`, close: () => server.close() }
}

test('spans reach the collector that is named, nested as the work was', async () => {
  const collector = await startCollector()
  onTestFinished(() => void collector.close())
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', collector.endpoint)
  onTestFinished(() => void vi.unstubAllEnvs())
  const end = await startTracing(collector.endpoint)
  await inSpan('job review', { 'mo.review': 'r1' }, async () => {
    await Promise.resolve()
    await inSpan('graph', {}, async () => 'done')
  })
  await end()
  const sent = collector.received.flatMap(({ path, body }) => {
    expect(path).toBe('/v1/traces')
    return body.resourceSpans
  })
  expect(sent.map(({ resource }) => resource.attributes)).toEqual([
    expect.arrayContaining([
      { key: 'service.name', value: { stringValue: 'marketing-orchestrator' } },
    ]),
  ])
  const spans = sent.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans))
  const [graph, job] = spans
  expect(spans.map(({ name }) => name)).toEqual(['graph', 'job review'])
  expect(graph?.parentSpanId).toBe(job?.spanId)
  expect(job?.attributes).toEqual([{ key: 'mo.review', value: { stringValue: 'r1' } }])
})

test('a collector that is away costs spans, and no work', async () => {
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', 'http://127.0.0.1:9')
  vi.stubEnv('OTEL_EXPORTER_OTLP_TIMEOUT', '200')
  onTestFinished(() => void vi.unstubAllEnvs())
  const end = await startTracing('http://127.0.0.1:9')
  expect(await inSpan('job review', {}, async () => 'done')).toBe('done')
  await expect(end()).resolves.toBeUndefined()
})

test('without a collector nothing is begun', async () => {
  await expect((await startTracing(undefined))()).resolves.toBeUndefined()
})
