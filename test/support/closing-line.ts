import type { Reporter, TestModule } from 'vitest/node'

/** Ends a run with one plain line that any reader of logs understands: `N passed, N failed` (`, N skipped` where there are any). */
export class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const states = modules.flatMap((module) =>
      Array.from(module.children.allTests(), (test) => test.result().state),
    )
    const count = (state: string): number => states.filter((each) => each === state).length
    const brokenFiles = modules.filter(
      (module) => module.state() === 'failed' && module.children.size === 0,
    ).length
    const skipped = count('skipped') > 0 ? `, ${count('skipped')} skipped` : ''
    const failed = count('failed') + brokenFiles + unhandledErrors.length
    process.stdout.write(`\n${count('passed')} passed, ${failed} failed${skipped}\n`)
  }
}
