import { measured, notMeasured, type Quantity } from '../kernel/quantity.ts'
import type { FactBook } from '../schema/fact-book.ts'
import { valueMissing } from './channel-amounts.ts'
import { enterCount, enterMoney, enterShare, type FactFrame } from './fact-frame.ts'
import type { Measurement } from './month-measurement.ts'

const DAY_MINUTES = 1440
/** Pairs of channels shown. */
export const PAIRS_SHOWN = 5

/** Enters how long paths were, how long they took, and how many a window or a tie touched. */
export function enterJourneys(book: FactBook, measurement: Measurement, frame: FactFrame): void {
  enterLengths(book, measurement, frame)
  enterLag(book, measurement, frame)
  const { attributed, truncated, ties } = measurement
  const whole = attributed.conversions
  if (truncated !== null) {
    enterShare(book, frame, {
      id: 'attribution.path.truncated_share',
      label: 'Conversions whose path the lookback cut short',
      part: truncated,
      whole,
      of: 'the number of attributed conversions',
    })
  }
  if (ties !== null) {
    enterShare(book, frame, {
      id: 'attribution.path.tied_share',
      label: 'Conversions with different channels at one instant',
      part: ties.tiedConversions,
      whole,
      of: 'the number of attributed conversions',
    })
  }
}

function enterLengths(book: FactBook, { pathLengths }: Measurement, frame: FactFrame): void {
  const none = notMeasured('no conversion was attributed')
  const add = (metric: string, label: string, quantity: Quantity): void => {
    const id = `attribution.path.${metric}`
    book.add({ id, label, unit: 'number', quantity, source: frame.source })
  }
  const lengths = pathLengths ?? { conversions: 0, touches: 0, median: 0, oneTouch: 0 }
  const { conversions, touches, median, oneTouch } = lengths
  add(
    'mean_touches',
    'Mean touches before a conversion',
    conversions === 0 ? none : measured(touches / conversions),
  )
  add(
    'median_touches',
    'Median touches before a conversion',
    conversions === 0 ? none : measured(median),
  )
  enterShare(book, frame, {
    id: 'attribution.path.one_touch_share',
    label: 'Conversions after a single touch',
    part: oneTouch,
    whole: conversions,
    of: 'the number of attributed conversions',
  })
}

function enterLag(book: FactBook, { lag, source }: Measurement, frame: FactFrame): void {
  const reason =
    source === 'journeys'
      ? 'journeys counted by path carry no times'
      : 'no conversion was attributed'
  const add = (metric: string, label: string, minutes: number | undefined): void => {
    const quantity = minutes === undefined ? notMeasured(reason) : measured(minutes / DAY_MINUTES)
    const id = `attribution.lag.${metric}`
    book.add({ id, label, unit: 'days', quantity, source: frame.source })
  }
  add('median', 'Median time from first touch to conversion', lag?.medianMinutes)
  add('p90', 'Time nine in ten conversions took at most', lag?.p90Minutes)
  if (lag === null) return
  enterShare(book, frame, {
    id: 'attribution.lag.within_day_share',
    label: 'Conversions within a day of the first touch',
    part: lag.withinDay,
    whole: lag.conversions,
    of: 'the number of attributed conversions',
  })
}

/** Enters the most frequent paths and the pairs of channels that met most often. */
export function enterPatterns(book: FactBook, measurement: Measurement, frame: FactFrame): void {
  for (const [place, path] of measurement.topPaths.paths.entries()) {
    const id = `attribution.path.top-${place + 1}`
    const label = `Path ${place + 1}`
    enterCount(book, frame, { id: `${id}.conversions`, label, count: path.conversions })
    enterMoney(book, frame, {
      id: `${id}.value`,
      label: `${label}: value`,
      minor: valueMissing(measurement) ?? measured(path.valueMinor),
    })
  }
  for (const [place, pair] of measurement.interactions.slice(0, PAIRS_SHOWN).entries()) {
    const id = `attribution.pair.${place + 1}`
    const label = `Pair ${place + 1}`
    enterCount(book, frame, {
      id: `${id}.conversions`,
      label: `${label}: conversions on shared paths`,
      count: pair.together.conversions,
    })
    book.add({
      id: `${id}.rate_difference`,
      label: `${label}: conversion rate together − with one of them`,
      unit: 'points',
      quantity:
        pair.rateDifference === null || !measurement.nullsCounted
          ? notMeasured('one of the two groups has no journey, or null journeys were not counted')
          : measured(pair.rateDifference),
      source: frame.source,
    })
  }
}
