import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The wall clock of the service under test, apart from that of the machine. */
export interface ServiceClock {
  /** What the service reads, epoch milliseconds. */
  now(): number
  /** Moves it, against where it stands now. */
  moveBy(ms: number): void
  /** For `startService`. */
  readonly nodeArgs: readonly string[]
  readonly env: Readonly<Record<string, string>>
  remove(): void
}

export function createServiceClock(): ServiceClock {
  const directory = mkdtempSync(join(tmpdir(), 'yujing-clock-'))
  const file = join(directory, 'offset')
  let offsetMs = 0
  const write = () => {
    // Renamed into place: whoever reads meets the old number or the new one.
    writeFileSync(`${file}.new`, String(offsetMs))
    renameSync(`${file}.new`, file)
  }
  write()
  return {
    now: () => Date.now() + offsetMs,
    moveBy(ms) {
      offsetMs += ms
      write()
    },
    nodeArgs: ['--import', join(import.meta.dirname, 'moved-clock.mjs')],
    env: { CHAOS_CLOCK: file },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  }
}
