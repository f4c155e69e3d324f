import type { EChartsOption } from 'echarts'
import type { SourceView } from '../../../../src/model/source.ts'

/** Days of a source, oldest first. */
export interface SourceDay {
  readonly day: string
  readonly count: number
  /** The day is not over. */
  readonly running: boolean
}

export function sourceDays(source: SourceView): SourceDay[] {
  return source.received.days.map(({ day, count }, index) => ({ day, count, running: index === 0 })).reverse()
}

/** Rows to option: a bar a day, the day that runs paler, and what is usual of today as a dashed line. */
export function sourceOption(
  days: readonly SourceDay[],
  usual: number | null,
  words: { readonly received: string },
  looks: Readonly<Record<'font' | 'bar' | 'running' | 'line' | 'text' | 'surface' | 'grid', string>>,
): EChartsOption {
  const highest = Math.max(usual ?? 0, ...days.map(({ count }) => count), 1)
  return {
    animation: false,
    textStyle: { fontFamily: looks.font, color: looks.text },
    grid: { left: 2, right: 2, top: 6, bottom: 2 },
    tooltip: {
      trigger: 'axis',
      confine: true,
      renderMode: 'richText',
      backgroundColor: looks.surface,
      borderColor: looks.grid,
      textStyle: { color: looks.text, fontSize: 12 },
    },
    xAxis: { type: 'category', data: days.map(({ day }) => day), show: false },
    yAxis: { type: 'value', max: highest, show: false },
    series: [
      {
        type: 'bar',
        name: words.received,
        barCategoryGap: '30%',
        barMaxWidth: 20,
        data: days.map(({ count, running }) => ({
          value: count,
          itemStyle: { color: running ? looks.running : looks.bar, borderRadius: [2, 2, 0, 0] },
        })),
        ...(usual !== null && {
          markLine: {
            silent: true,
            symbol: 'none' as const,
            label: { show: false },
            lineStyle: { color: looks.line, type: 'dashed' as const, width: 1 },
            data: [{ yAxis: usual }],
          },
        }),
      },
    ],
  }
}
