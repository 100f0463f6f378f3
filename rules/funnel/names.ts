import { distinctPair, distinctPart } from '../kernel/text-id.ts'
import { literal } from '../schema/template.ts'
import type { CellStep } from './cell-steps.ts'
import { cellName } from './cells.ts'
import type { CellKey, FunnelInput } from './input.ts'

/** Names as a reader sees them, and the same subjects as parts of fact ids. */
export interface FunnelNames {
  readonly cell: (key: CellKey) => string
  readonly stage: (stage: string) => string
  /** `visit to demo request`. */
  readonly step: (step: { readonly from: string; readonly to: string }) => string
}

/** Names from the reference data; braces and control characters cannot break out of a template. */
export function funnelNames(input: FunnelInput): FunnelNames {
  return {
    cell: (key) => literal(cellName(key, input)),
    stage: stageName,
    step: ({ from, to }) => `${stageName(from)} to ${stageName(to)}`,
  }
}

function stageName(stage: string): string {
  return literal(stage.replaceAll('_', ' '))
}

/** Where the facts of a step of a motion begin. */
export function gapPrefix(
  motionPrefix: string,
  { from, to }: { readonly from: string; readonly to: string },
): string {
  return `${motionPrefix}.${distinctPair(from, to)}`
}

/** Where the facts of a stage, a step of the whole funnel, and a step of a cell begin. */
export const factPrefix = {
  stage: (stage: string): string => `funnel.stage.${distinctPart(stage)}`,
  step: ({ from, to }: { readonly from: string; readonly to: string }): string =>
    `funnel.step.${distinctPair(from, to)}`,
  cell: ({ cell, from, to }: Pick<CellStep, 'cell' | 'from' | 'to'>): string =>
    `funnel.cell.${cell.factPart}.${distinctPair(from, to)}`,
  motion: (id: string): string => `funnel.motion.${distinctPart(id)}`,
} as const
