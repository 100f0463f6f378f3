import { globSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'

import { describe, expect, it } from 'vitest'

/** Folder → what its files may import: folders of ours, and packages. The longest folder that holds a file speaks for it. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'rules/kernel': ['rules/kernel'],
  'rules/schema': ['rules/kernel', 'rules/schema', 'zod'],
  rules: ['rules', 'zod'],
  prompts: ['prompts'],
  agents: ['rules', 'prompts', 'agents/ports.ts', 'zod'],
  graph: ['rules', 'agents', 'graph', '@langchain/langgraph', 'zod'],
}
/** Folders that the shell never imports from. */
const OUTSIDE = ['test', 'bench', 'evals']

interface Import {
  readonly file: string
  /** A path from the root of the repository, or a package. */
  readonly target: string
}

/** Every module a source names, by import, export from or dynamic import. */
function importsOf(file: string, source: string): Import[] {
  const code = source.replaceAll(/\/\*[\s\S]*?\*\//g, '')
  const named = code.matchAll(/^\s*(?:import|export)\b[^'"`;]*?from\s*['"]([^'"]+)['"]/gm)
  const bare = code.matchAll(/^\s*import\s*['"]([^'"]+)['"]/gm)
  const dynamic = code.matchAll(/\bimport\(\s*['"]([^'"]+)['"]/g)
  return [...named, ...bare, ...dynamic].map(([, specifier = '']) => ({
    file,
    target: targetOf(file, specifier),
  }))
}

function targetOf(file: string, specifier: string): string {
  if (specifier.startsWith('#')) return specifier.slice(1)
  return specifier.startsWith('.') ? posix.join(posix.dirname(file), specifier) : specifier
}

const isWithin = (target: string, place: string): boolean =>
  target === place || target.startsWith(`${place}/`)

/** What a file of an inner folder may import; an agent also its own folder. */
function allowedFor(file: string): readonly string[] {
  const folder = Object.keys(MAY_IMPORT)
    .filter((place) => isWithin(file, place))
    .toSorted((left, right) => right.length - left.length)[0]
  const allowed = MAY_IMPORT[folder ?? ''] ?? []
  const own = posix.dirname(file)
  return folder === 'agents' && own !== 'agents' ? [...allowed, own] : allowed
}

/** Why an import is not allowed; undefined when it is. */
function fault({ file, target }: Import): string | undefined {
  const outward = isWithin(file, 'src')
    ? OUTSIDE.some((place) => isWithin(target, place))
    : !allowedFor(file).some((place) => isWithin(target, place))
  return outward ? `${file} imports ${target}` : undefined
}

const faultsOf = (file: string, source: string): string[] =>
  importsOf(file, source).flatMap((each) => fault(each) ?? [])

/** Files that read the environment; comments may speak of it. */
const readsEnvironment = (source: string): boolean =>
  /process\s*(?:\.|\?\.)\s*env\b|process\[['"]env|\{[^}]*\benv\b[^}]*\}\s*=\s*process\b/.test(
    source.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, ''),
  )

const files = globSync('{rules,prompts,agents,graph,src}/**/*.ts').map((file) =>
  file.replaceAll('\\', '/'),
)
const read = (file: string): string => readFileSync(file, 'utf8')

describe('imports point inward', () => {
  it.each(['rules', 'prompts', 'agents', 'graph', 'src'])('in every file of %s', (folder) => {
    const own = files.filter((file) => isWithin(file, folder))
    expect(own.length).toBeGreaterThan(0)
    expect(own.flatMap((file) => faultsOf(file, read(file)))).toStrictEqual([])
  })

  it.each([
    ['rules/kernel/money.ts', "import { x } from '../schema/review.ts'"],
    ['rules/kernel/money.ts', "import { z } from 'zod'"],
    ['rules/schema/review.ts', "import { x } from '../policy/policy.ts'"],
    ['rules/budget/pacing.ts', "import { x } from '#agents/ports.ts'"],
    ['rules/budget/pacing.ts', "import { x } from 'node:fs'"],
    ['rules/budget/pacing.ts', "import { x } from '../../src/errors.ts'"],
    ['prompts/narrator.ts', "import { x } from '#rules/kernel/money.ts'"],
    ['agents/budget/agent.ts', "import { x } from '../funnel/agent.ts'"],
    ['agents/budget/agent.ts', "import { x } from '#agents/funnel/agent.ts'"],
    ['agents/budget/agent.ts', "import { x } from '#graph/state.ts'"],
    ['agents/budget/agent.ts', "export { x } from '#src/errors.ts'"],
    ['agents/ports.ts', "import { x } from 'pg'"],
    ['agents/ports.ts', "import { x } from './budget/agent.ts'"],
    ['graph/state.ts', "import { x } from '#src/errors.ts'"],
    ['graph/state.ts', "const x = await import('#src/errors.ts')"],
    ['graph/state.ts', "import 'dotenv/config'"],
    ['src/cli.ts', "import { x } from '#test/support/policy.ts'"],
    ['src/cli.ts', "import {\n  x,\n  y,\n} from '../bench/run.ts'"],
    ['src/cli.ts', "import { x } from '#evals/models/arranger.ts'"],
  ])('%s may not: %s', (file, source) => {
    expect(faultsOf(file, source)).toHaveLength(1)
  })

  it.each([
    ['rules/budget/pacing.ts', "import { x } from '../kernel/money.ts'\nimport { z } from 'zod'"],
    ['agents/budget/agent.ts', "import { x } from './rows.ts'\nimport { y } from '../ports.ts'"],
    ['agents/budget/agent.ts', "import { x } from '#prompts/narrator.ts'"],
    ['graph/state.ts', "import { x } from '@langchain/langgraph'"],
    ['src/cli.ts', "import { x } from 'node:fs'\nimport { y } from '#graph/state.ts'"],
    ['prompts/narrator.ts', "/** import { x } from '#rules/kernel/money.ts' */"],
  ])('%s may: %s', (file, source) => {
    expect(faultsOf(file, source)).toStrictEqual([])
  })
})

describe('the environment', () => {
  it('is read in one place', () => {
    expect(files.filter((file) => readsEnvironment(read(file)))).toStrictEqual(['src/config.ts'])
  })

  it.each([
    'const x = process.env.HOME',
    "const x = process['env'].HOME",
    'const { env } = process',
    'process?.env.HOME',
  ])('is seen to be read by: %s', (source) => {
    expect(readsEnvironment(source)).toBe(true)
  })

  it('may be spoken of', () => {
    expect(readsEnvironment('/** process.env is read elsewhere. */\n// process.env\n')).toBe(false)
  })
})
