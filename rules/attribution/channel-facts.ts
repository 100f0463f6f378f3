import type { FactBook } from '../schema/fact-book.ts'
import type { ChannelLine, ChannelLines } from './channel-lines.ts'
import { enterCount, enterMoney, type FactFrame } from './fact-frame.ts'
import { MODEL_NAMES, MODELS, type DecidingModel, type Model } from './models.ts'

/** The fact that holds a model's credit of a line: the deciding model's is the line's credit itself. */
export function creditId(prefix: string, model: Model, deciding: DecidingModel): string {
  return `${prefix}.${model === deciding ? 'conversions' : model}`
}

/** Enters every line of the channels. */
export function enterLines(
  book: FactBook,
  { shown, others }: ChannelLines,
  given: { readonly frame: FactFrame; readonly deciding: DecidingModel },
): void {
  for (const line of others === null ? shown : [...shown, others]) enterLine(book, line, given)
}

/** A channel's credit under every model, its value, share, interval and assists. */
function enterLine(
  book: FactBook,
  line: ChannelLine,
  { frame, deciding }: { readonly frame: FactFrame; readonly deciding: DecidingModel },
): void {
  const { prefix, name } = line
  for (const model of MODELS) {
    enterCount(book, frame, {
      id: creditId(prefix, model, deciding),
      label: `${name}: ${MODEL_NAMES[model]} conversions`,
      count: line.byModel[model],
    })
  }
  enterMoney(book, frame, {
    id: `${prefix}.value`,
    label: `${name}: credited value`,
    minor: line.value,
  })
  const rates = [
    ['share', 'share of attributed conversions', line.share],
    ['share_low', 'share, lower end', line.shareLow],
    ['share_high', 'share, upper end', line.shareHigh],
  ] as const
  for (const [metric, label, quantity] of rates) {
    const id = `${prefix}.${metric}`
    book.add({ id, label: `${name}: ${label}`, unit: 'rate', quantity, source: frame.source })
  }
  enterCount(book, frame, {
    id: `${prefix}.assisted`,
    label: `${name}: conversions assisted`,
    count: line.assisted,
  })
  enterCalibration(book, line, frame)
}

/** Only tested channels have these facts; for the others the stage says once that nothing was tested. */
function enterCalibration(
  book: FactBook,
  { prefix, name, calibration }: ChannelLine,
  frame: FactFrame,
): void {
  if (calibration.measuredOn === null) return
  const parts = [
    ['incremental', 'incremental conversions', calibration.incremental],
    ['incremental_low', 'incremental conversions, lower end', calibration.low],
    ['incremental_high', 'incremental conversions, upper end', calibration.high],
  ] as const
  for (const [metric, label, count] of parts) {
    enterCount(book, frame, { id: `${prefix}.${metric}`, label: `${name}: ${label}`, count })
  }
}
