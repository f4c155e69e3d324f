import type { EChartsOption } from 'echarts'
import { dayOf, minuteOf } from '../words/time.ts'
import type { ChartData } from './rows.ts'

/** Looks of the chart, from the theme: colours, and the font of the page (a canvas does not inherit it). */
export interface ChartLooks {
  readonly font: string
  readonly judged: string
  readonly before: string
  readonly running: string
  readonly threshold: string
  readonly text: string
  readonly grid: string
  readonly surface: string
}

/** Words of the chart, in the reader's language. */
export interface ChartWords {
  readonly count: string
  readonly running: string
  readonly threshold: string
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}

/**
 * Rows to option: bars for the bins, those of the judged window in the colour of the level; where it can be compared, the
 * running sum as a line and the threshold as a dashed one.
 *
 * @param threshold smallest number that fires, in the unit of `observed`
 */
export function seriesOption(data: ChartData, threshold: number, words: ChartWords, looks: ChartLooks): EChartsOption {
  const label = data.binMs < 86_400_000 ? minuteOf : dayOf
  const line = data.comparable && data.windowBins > 1
  const highest = Math.max(...data.rows.map((row) => (line ? row.running : row.count)))
  const dashed = { color: looks.threshold, type: 'dashed' as const, width: 1.25 }
  return {
    animation: false,
    textStyle: { fontFamily: looks.font, color: looks.text },
    grid: { left: 4, right: 12, top: 14, bottom: 2, outerBoundsMode: 'same' },
    tooltip: {
      trigger: 'axis',
      confine: true,
      renderMode: 'richText',
      backgroundColor: looks.surface,
      borderColor: looks.grid,
      textStyle: { color: looks.text, fontSize: 12 },
      axisPointer: { type: 'shadow' },
    },
    xAxis: {
      type: 'category',
      data: data.rows.map((row) => label(row.start)),
      axisTick: { show: false },
      axisLine: { lineStyle: { color: looks.grid } },
      axisLabel: { color: looks.text, fontSize: 11, hideOverlap: true, formatter: (text: string) => text.slice(5) },
    },
    yAxis: {
      type: 'value',
      minInterval: 1,
      // Room for the threshold above the data; otherwise the axis finds its own round end.
      ...(data.comparable && threshold >= highest && { max: Math.ceil(threshold * 1.2) }),
      splitNumber: 3,
      splitLine: { lineStyle: { color: looks.grid } },
      axisLabel: { color: looks.text, fontSize: 11 },
    },
    series: [
      {
        type: 'bar',
        name: words.count,
        barMaxWidth: 18,
        barCategoryGap: '25%',
        data: data.rows.map((row) => ({
          value: row.count,
          itemStyle: { color: row.judged ? looks.judged : looks.before, borderRadius: [2, 2, 0, 0] },
        })),
        // Without a running line the bars themselves are what the threshold judges.
        ...(data.comparable &&
          !line && { markLine: thresholdLine(threshold, words.threshold, dashed, looks.threshold) }),
      },
      ...(line
        ? [
            {
              type: 'line' as const,
              name: words.running,
              step: false as const,
              showSymbol: false,
              data: data.rows.map((row) => row.running),
              lineStyle: { color: looks.running, width: 1.5 },
              itemStyle: { color: looks.running },
              markLine: thresholdLine(threshold, words.threshold, dashed, looks.threshold),
            },
          ]
        : []),
    ],
  }
}

function thresholdLine(
  threshold: number,
  word: string,
  lineStyle: { color: string; type: 'dashed'; width: number },
  color: string,
) {
  return {
    silent: true,
    symbol: 'none' as const,
    lineStyle,
    label: { formatter: `${word} ${round(threshold)}`, position: 'insideStartTop' as const, color, fontSize: 11 },
    data: [{ yAxis: threshold }],
  }
}
