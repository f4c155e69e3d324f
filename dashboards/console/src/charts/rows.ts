import type { AlertEvidence } from '../../../../src/model/alert.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** More bins than this would be thinner than a pixel. */
const MOST_BINS = 400

/** One bin of the chart. Instants are epoch milliseconds, [start, start + width). */
export interface ChartRow {
  readonly start: number
  readonly count: number
  /** Whether the bin lies in the window that was judged. */
  readonly judged: boolean
  /** Sum over the window's length that ends with this bin; comparable with the threshold. */
  readonly running: number
}

export interface ChartData {
  readonly rows: readonly ChartRow[]
  readonly binMs: number
  /** Length of the window judged, in bins. */
  readonly windowBins: number
  /**
   * Whether the running sum measures what was judged. False when the observed number is not a sum over the window (a
   * stock, a ratio): then a threshold line would mislead and is not drawn.
   */
  readonly comparable: boolean
}

function binWidth(starts: readonly number[]): number {
  let width = Number.POSITIVE_INFINITY
  for (const [index, start] of starts.entries()) {
    const gap = start - (starts[index - 1] ?? Number.NEGATIVE_INFINITY)
    if (gap > 0 && gap < width) width = gap
  }
  if (!Number.isFinite(width)) return DAY_MS
  return width < DAY_MS ? HOUR_MS : width
}

/**
 * The series of an alert as rows without gaps (a bin that is not told is zero), with the running sum over the window.
 * Distinct counting makes the observed number a little smaller than the sum, so a quarter's difference is accepted.
 */
export function chartData(evidence: Pick<AlertEvidence, 'series' | 'from' | 'to' | 'observed'>): ChartData {
  const counts = new Map<number, number>()
  for (const [time, count] of evidence.series) counts.set(Date.parse(time), count)
  const starts = [...counts.keys()].sort((a, b) => a - b)
  const from = Date.parse(evidence.from)
  const to = Date.parse(evidence.to)
  const binMs = binWidth(starts)
  const windowBins = Math.max(1, Math.round((to - from) / binMs))
  const first = starts[0]
  const last = starts.at(-1)
  if (first === undefined || last === undefined) return { rows: [], binMs, windowBins, comparable: false }

  const rows: ChartRow[] = []
  let running = 0
  for (let start = Math.max(first, last - (MOST_BINS - 1) * binMs); start <= last; start += binMs) {
    const count = counts.get(start) ?? 0
    running += count - (rows[rows.length - windowBins]?.count ?? 0)
    rows.push({ start, count, judged: start < to && start + binMs > from, running })
  }
  const judged = rows.reduce((sum, row) => sum + (row.judged ? row.count : 0), 0)
  const comparable = judged > 0 && Math.abs(judged - evidence.observed) <= judged / 4
  return { rows, binMs, windowBins, comparable }
}
