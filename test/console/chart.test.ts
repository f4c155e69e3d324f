import { describe, expect, test } from 'vitest'
import { chartData } from '../../dashboards/console/src/charts/rows.ts'
import { seriesOption } from '../../dashboards/console/src/charts/series-option.ts'

const day = (n: number) => `2026-11-${String(n).padStart(2, '0')}T00:00:00+08:00`
const words = { count: 'per day', running: '7-day sum', threshold: 'threshold' }
const looks = {
  font: 'sans-serif',
  judged: '#c00',
  before: '#999',
  running: '#00c',
  threshold: '#333',
  text: '#444',
  grid: '#eee',
  surface: '#fff',
}

/** Series of an ECharts option, as far as these tests look. */
type Drawn = { type: string; data: unknown[]; markLine?: { data: { yAxis: number }[] } }[]
const drawn = (option: ReturnType<typeof seriesOption>) => option.series as unknown as Drawn

describe('days in a window of seven', () => {
  //   day      10  11  12  13  14  15  16 [17  18  19  20  21  22  23]
  //   count     1   0   0   0   0   0   0   2   0   0   1   0   0   4
  const data = chartData({
    series: [
      [day(10), 1],
      [day(17), 2],
      [day(20), 1],
      [day(21), 0],
      [day(23), 4],
    ],
    from: day(17),
    to: day(24),
    observed: 7,
  })

  test('days that are not told are zero; the running sum is that of the window', () => {
    expect(data.rows.map((row) => row.count)).toEqual([1, 0, 0, 0, 0, 0, 0, 2, 0, 0, 1, 0, 0, 4])
    expect(data.rows.map((row) => row.running)).toEqual([1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 3, 3, 3, 7])
    expect(data.rows.filter((row) => row.judged)).toHaveLength(7)
    expect(data).toMatchObject({ windowBins: 7, comparable: true })
  })

  test('bars, the running sum, and the threshold on the running sum', () => {
    const [bars, line] = drawn(seriesOption(data, 5, words, looks))
    expect(bars).toMatchObject({ type: 'bar' })
    expect(bars?.markLine).toBeUndefined()
    expect(bars?.data[7]).toMatchObject({ value: 2, itemStyle: { color: '#c00' } })
    expect(bars?.data[0]).toMatchObject({ value: 1, itemStyle: { color: '#999' } })
    expect(line).toMatchObject({ type: 'line', markLine: { data: [{ yAxis: 5 }] } })
  })
})

test('weeks in a window of one week: the bars themselves carry the threshold', () => {
  const data = chartData({
    series: [
      [day(3), 1],
      [day(10), 0],
      [day(17), 9],
    ],
    from: day(17),
    to: day(24),
    observed: 9,
  })
  const [bars, line] = drawn(seriesOption(data, 5, words, looks))
  expect(data).toMatchObject({ windowBins: 1, comparable: true })
  expect(bars?.markLine?.data).toEqual([{ yAxis: 5 }])
  expect(line).toBeUndefined()
})

test('a stock is no sum over the window: no threshold line that would mislead', () => {
  const data = chartData({
    series: [
      [day(22), 1],
      [day(23), 1],
    ],
    from: day(1),
    to: day(24),
    observed: 14,
  })
  expect(data.comparable).toBe(false)
  expect(JSON.stringify(seriesOption(data, 10, words, looks))).not.toContain('markLine')
})

test('no series, no rows', () => {
  expect(chartData({ series: [], from: day(1), to: day(2), observed: 3 }).rows).toEqual([])
})
