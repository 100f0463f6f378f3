import { z } from 'zod'

import { AppError } from '../errors.ts'

/** The SDK is no dependency: it is large, and most installations trace nothing. */
const SDK_PACKAGE = '@opentelemetry/sdk-node'

const Sdk = z.object({
  NodeSDK: z.custom<new (options: { serviceName: string }) => TracingSdk>(
    (value) => typeof value === 'function',
  ),
})

interface TracingSdk {
  readonly start: () => void
  readonly shutdown: () => Promise<void>
}

/**
 * Sends spans to the collector when OTEL_EXPORTER_OTLP_ENDPOINT names one; the SDK reads that variable and its fellows itself.
 *
 * @returns Sends what is left and ends; nothing to do without an endpoint.
 * @throws AppError `CONFIG_INVALID` when an endpoint is set and the SDK is not installed: silence would look like an idle program.
 */
export async function startTracing(endpoint: string | undefined): Promise<() => Promise<void>> {
  if (endpoint === undefined) return async () => {}
  const { NodeSDK } = Sdk.parse(await loadSdk())
  const sdk = new NodeSDK({ serviceName: 'marketing-orchestrator' })
  sdk.start()
  return () => sdk.shutdown()
}

async function loadSdk(): Promise<unknown> {
  const name: string = SDK_PACKAGE
  try {
    return await import(name)
  } catch (cause) {
    throw new AppError('CONFIG_INVALID', {
      message: 'OTEL_EXPORTER_OTLP_ENDPOINT is set and there is nothing to send spans with',
      expected: `the package ${SDK_PACKAGE}`,
      next: `install it beside the program (npm install ${SDK_PACKAGE}), or unset the variable`,
      cause,
    })
  }
}
