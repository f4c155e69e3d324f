import { SingleBar } from 'cli-progress'
import type { ImportProgress } from '../model/import-run.ts'
import type { Clock } from '../telemetry/clock.ts'
import type { Totals } from './journal.ts'

/** Shows how far an import is. */
export interface ProgressView {
  show(figures: Figures): void
  stop(): void
}

/** How far it is and how fast; what everybody is told. */
export type Figures = Omit<ImportProgress, 'state' | 'message'>

/** Between two lines where there is no terminal, and between two words to the service; milliseconds. */
const LINE_EVERY_MS = 10_000
export const TELL_EVERY_MS = 2_000
/** Stretch of time over which the rate is taken. */
const RATE_MS = 10_000

/** Rate and remaining time from what was settled of late. */
export function createFigures(clock: Clock, bytes: number | null, begin: { rows: number; bytesDone: number }) {
  const began = clock.now()
  let seen = [{ at: began, rows: begin.rows, bytesDone: begin.bytesDone }]
  return (totals: Totals, bytesDone: number): Figures => {
    const at = clock.now()
    seen.push({ at, rows: totals.rows, bytesDone })
    while (seen.length > 2 && at - (seen[1]?.at ?? at) > RATE_MS) seen = seen.slice(1)
    const first = seen[0] as (typeof seen)[number]
    const seconds = Math.max((at - first.at) / 1_000, 0.001)
    const bytesASecond = (bytesDone - first.bytesDone) / seconds
    const left = bytes === null ? null : Math.max(0, bytes - bytesDone)
    return {
      rows: totals.rows,
      accepted: totals.accepted + totals.again,
      duplicates: totals.duplicates,
      rejected: totals.rejected,
      bytesDone,
      rate: Math.round((totals.rows - first.rows) / seconds),
      remaining: left === null || bytesASecond <= 0 ? null : Math.round(left / bytesASecond),
    }
  }
}

/** A bar in a terminal; else a line now and then, which a log can keep. */
export function createProgressView(
  stream: NodeJS.WritableStream,
  isTerminal: boolean,
  bytes: number | null,
  clock: Clock,
): ProgressView {
  if (isTerminal && bytes !== null) {
    const format = '  {bar} {percentage}% | {rows} rows, {rate}/s, {rejected} rejected | {left} left'
    const bar = new SingleBar({ format, stream, barsize: 24, hideCursor: true })
    bar.start(bytes, 0, { rows: 0, rate: 0, rejected: 0, left: '?' })
    return {
      show: ({ rows, rate, rejected, remaining, bytesDone }) =>
        bar.update(Math.min(bytesDone, bytes), { rows, rate, rejected, left: duration(remaining) }),
      stop: () => bar.stop(),
    }
  }
  let last = clock.now()
  return {
    show({ rows, rate, rejected, remaining, bytesDone }) {
      if (clock.now() - last < LINE_EVERY_MS) return
      last = clock.now()
      const share = bytes === null ? '' : `${Math.floor((100 * bytesDone) / bytes)} %, `
      stream.write(`  ${share}${rows} rows, ${rate}/s, ${rejected} rejected, ${duration(remaining)} left\n`)
    },
    stop: () => undefined,
  }
}

function duration(seconds: number | null): string {
  if (seconds === null) return '?'
  const minutes = Math.floor(seconds / 60)
  return minutes === 0 ? `${Math.round(seconds)} s` : `${minutes} min ${Math.round(seconds % 60)} s`
}
