import { init, setPlatformAPI, type EChartsCoreOption } from 'echarts'

import type { Chart, Fact } from '#rules/schema/review.ts'

import { formatFact, formatMoney, formatNumber } from '../format.ts'
import type { ReviewIndex } from '../words.ts'

const FONT = '"Inter","Liberation Sans","Helvetica Neue",Arial,sans-serif'
const INK = '#1d2433'
const MUTED = '#5b6472'
const GRID = '#eef1f5'
const SERIES_COLOURS = ['#1f4fa3', '#0b7a75', '#b87400', '#7a3e9d', '#a3201d', '#5b6472']
const WIDTH = 520
const ROW_HEIGHT = 34

/** Advance widths of Liberation Sans in thousandths of an em; the server has no canvas to measure text with. */
const ADVANCE: Readonly<Record<string, number>> = {
  ' ': 278,
  '.': 278,
  ',': 278,
  '-': 333,
  '%': 889,
  i: 222,
  l: 222,
  j: 222,
  f: 278,
  t: 278,
  r: 333,
  m: 833,
  w: 722,
  M: 833,
  W: 944,
}

setPlatformAPI({
  measureText: (text: string, font?: string) => {
    const size = Number(/(\d+(?:\.\d+)?)px/.exec(font ?? '')?.[1] ?? '12')
    const units = Array.from(
      text,
      (character) => ADVANCE[character] ?? (/[A-Z]/.test(character) ? 690 : 556),
    )
    return { width: (units.reduce((sum, unit) => sum + unit, 0) / 1000) * size }
  },
})

/**
 * A chart as one `<svg>` element: the same chart gives the same bytes, without style sheets, scripts or requests. Where nothing was measured
 * there is a gap, never a zero.
 *
 * @param ordinal Position of the chart on its page; makes the ids inside unique.
 * @param label What the chart shows in words, already rendered; read by screen readers.
 */
export function renderChart(
  chart: Chart,
  index: ReviewIndex,
  { ordinal, label }: { readonly ordinal: number; readonly label: string },
): string {
  const height = chart.kind === 'line' ? 260 : barHeight(chart)
  const instance = init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height })
  instance.setOption(chart.kind === 'line' ? lineOption(chart, index) : barOption(chart, index))
  const svg = instance.renderToSVGString({ useViewBox: true })
  instance.dispose()
  return stable(svg, `chart${ordinal}`, label)
}

function barHeight(chart: Chart): number {
  return 50 + chart.categories.length * Math.max(ROW_HEIGHT, 18 * chart.series.length)
}

function barOption(chart: Chart, index: ReviewIndex): EChartsCoreOption {
  return {
    ...common(chart),
    grid: {
      left: 8,
      right: 90,
      top: chart.series.length > 1 ? 30 : 8,
      bottom: 8,
      containLabel: true,
    },
    xAxis: { type: 'value', axisLabel: { show: false }, splitLine: { lineStyle: { color: GRID } } },
    yAxis: {
      type: 'category',
      inverse: true,
      data: chart.categories,
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: { color: INK, fontSize: 12, width: 170, overflow: 'truncate' },
    },
    series: chart.series.map((series) => ({
      name: series.name,
      type: 'bar',
      barMaxWidth: 14,
      data: series.values.map((id) => plotted(id, index)),
      label: {
        show: true,
        position: 'right',
        fontSize: 11,
        color: INK,
        formatter: labelOf(series.values, index),
      },
    })),
  }
}

function lineOption(chart: Chart, index: ReviewIndex): EChartsCoreOption {
  const unitFact = chart.series
    .flatMap((series) => series.values)
    .map((id) => (id === null ? undefined : index.facts.get(id)))
    .find((fact) => fact !== undefined)
  return {
    ...common(chart),
    grid: { left: 8, right: 24, top: 30, bottom: 8, containLabel: true },
    xAxis: {
      type: 'category',
      data: chart.categories,
      axisLabel: { color: MUTED, fontSize: 12 },
      axisTick: { show: false },
    },
    yAxis: {
      type: 'value',
      axisLabel: {
        color: MUTED,
        fontSize: 12,
        formatter: (value: number) => axisLabel(value, unitFact),
      },
      splitLine: { lineStyle: { color: GRID } },
    },
    series: chart.series.map((series) => ({
      name: series.name,
      type: 'line',
      connectNulls: false,
      symbolSize: 6,
      lineStyle: { width: 3 },
      data: series.values.map((id) => plotted(id, index)),
    })),
  }
}

function common(chart: Chart): EChartsCoreOption {
  return {
    animation: false,
    color: SERIES_COLOURS,
    textStyle: { fontFamily: FONT, color: INK },
    legend:
      chart.series.length > 1
        ? {
            top: 0,
            left: 0,
            icon: 'rect',
            itemWidth: 12,
            itemHeight: 10,
            textStyle: { color: INK },
          }
        : { show: false },
  }
}

/** The number a fact is plotted at; a missing figure is a gap. */
function plotted(id: string | null, index: ReviewIndex): number | null {
  const value = id === null ? undefined : index.facts.get(id)?.value
  if (typeof value === 'number') return value
  return typeof value === 'object' && value !== null ? value.minor : null
}

function labelOf(ids: readonly (string | null)[], index: ReviewIndex) {
  return ({ dataIndex }: { dataIndex: number }): string => {
    const id = ids[dataIndex] ?? null
    const fact = id === null ? undefined : index.facts.get(id)
    return fact === undefined ? '' : formatFact(fact)
  }
}

function axisLabel(value: number, fact: Fact | undefined): string {
  if (fact === undefined) return String(value)
  if (typeof fact.value === 'object' && fact.value !== null)
    return formatMoney(fact.value.currency, Math.round(value))
  return formatNumber(value, fact.unit)
}

/** Fixed ids, no style sheet, no classes: what the library numbers afresh in each process would change the bytes. */
function stable(svg: string, id: string, label: string): string {
  return svg
    .replaceAll(/zr\d+-/g, `${id}-`)
    .replaceAll(/<style[\s\S]*?<\/style>/g, '')
    .replaceAll(/ class="[^"]*"/g, '')
    .replaceAll('\n', '')
    .replace(/ width="\d+" height="\d+"/, '')
    .replace('<svg ', `<svg role="img" aria-label="${attribute(label)}" `)
}

function attribute(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('"', '&quot;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
}
