import { SingleBar } from 'cli-progress'
import type { Clock } from '../telemetry/clock.ts'
import type { Progress } from './run.ts'

/** Shows how far a simulation is, in a terminal. */
export interface ProgressBar {
  update(progress: Progress): void
  stop(): void
}

const PHASES = { initial: 'population', history: 'history', live: 'live', done: 'done' } as const

/** A bar over population and history; after that it stays full and the numbers go on. */
export function createProgressBar(stream: NodeJS.WritableStream, expected: number, clock: Clock): ProgressBar {
  const format = '{phase} [{bar}] {sent} events, {rate}/s, {rejected} rejected'
  const bar = new SingleBar({ format, stream, barsize: 24, etaBuffer: 100, hideCursor: true })
  const began = clock.now()
  const shown = (progress: Progress | null) => {
    const seconds = Math.max((clock.now() - began) / 1_000, 0.001)
    const sent = progress?.sent ?? 0
    return {
      phase: PHASES[progress?.phase ?? 'initial'],
      sent,
      rate: Math.round(sent / seconds),
      rejected: progress?.rejected ?? 0,
    }
  }
  bar.start(Math.max(expected, 1), 0, shown(null))
  return {
    update: (progress) => {
      const full = progress.phase === 'live' || progress.phase === 'done'
      bar.update(full ? Math.max(expected, 1) : Math.min(progress.sent, expected), shown(progress))
    },
    stop: () => bar.stop(),
  }
}
