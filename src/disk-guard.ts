import { statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Config } from './config.ts'
import { openReserveFile, type ReserveFile } from './embedded/reserve-file.ts'
import { YujingError } from './model/errors.ts'
import type { Logger } from './telemetry/logger.ts'
import type { Metrics } from './telemetry/metrics.ts'

/** Says how much room the disk has; may reject, then nothing changes. */
export interface FreeSpace {
  read(): Promise<{ readonly freeBytes: number; readonly totalBytes: number }>
}

/** Closes the door before the disk is full. */
export interface DiskGuard {
  /** Resolves after the first look. */
  start(): Promise<void>
  /** One look, and what follows from it. */
  look(): Promise<void>
  /** @throws YujingError `disk.full` while nothing may come in */
  assertRoom(): void
  isOpen(): boolean
  stop(): Promise<void>
}

const LOOK_EVERY_MS = 500
/** A closed door opens at a tenth more than it closed at, so that it does not swing. */
const REOPEN_PERCENT = 110
/** The reserve is given up when less than this share of it is free besides, or less than so many bytes. */
const LAST_SHARE = 0.25
const LAST_BYTES = 4 * 1024 ** 2

/** The room of the disk on which a directory lies, as far as this user may have it. */
function freeSpaceOf(directory: string): FreeSpace {
  return {
    async read() {
      const { bavail, blocks, bsize } = await statfs(directory)
      return { freeBytes: bavail * bsize, totalBytes: blocks * bsize }
    },
  }
}

/**
 * Watches the disk. What the reserve lacks does not count as free, so the door is never opened upon it:
 *
 *     free, without what the reserve lacks
 *     ───────────────── 5.5 % of the disk: a closed door opens
 *     ───────────────── 5 %: the door closes (503 disk.full); what is stored, judged and saved goes on
 *     ───────────────── a quarter of the reserve: it is released, for the last snapshots and for who comes to help
 *     ───────────────── 0
 *
 * The reserve is written again as soon as there is room for it above the 5 %.
 */
export function createDiskGuard(o: {
  readonly space: FreeSpace
  readonly reserve: ReserveFile
  readonly reserveBytes: number
  /** Below this share of the disk the door closes, 0 to 50. */
  readonly closeBelowPercent: number
  /** Called once there is room again after there was none: brings back who does not come back by himself. */
  readonly revive: () => Promise<void>
  readonly logger: Logger
  readonly metrics: Metrics
}): DiskGuard {
  const { space, reserve, reserveBytes, logger, metrics } = o
  const stopping = new AbortController()
  const lastBytes = Math.max(reserveBytes * LAST_SHARE, LAST_BYTES)
  let isOpen = true
  let ranOut = false
  let running = Promise.resolve()

  async function look(): Promise<void> {
    const { freeBytes, totalBytes } = await space.read()
    const leastBytes = (totalBytes * o.closeBelowPercent) / 100
    const roomBytes = freeBytes - reserve.lacks()
    if (freeBytes < lastBytes) ranOut = true
    else if (ranOut) {
      await o.revive()
      ranOut = false
    }
    metrics.diskFreeBytes.set(freeBytes)
    metrics.diskReserveBytes.set(reserveBytes - reserve.lacks())
    if (isOpen && roomBytes < leastBytes) {
      isOpen = false
      logger.error({ freeBytes, leastBytes }, 'the disk is nearly full; nothing more is taken until there is room')
    } else if (!isOpen && roomBytes * 100 >= leastBytes * REOPEN_PERCENT) {
      isOpen = true
      logger.warn({ freeBytes, leastBytes }, 'there is room on the disk again; the door is open')
    }
    if (reserve.lacks() > 0 && isOpen) {
      await reserve.fill()
      logger.info({ reserveBytes }, 'the reserve on the disk is written')
    } else if (reserveBytes > 0 && reserve.lacks() === 0 && freeBytes < lastBytes) {
      await reserve.release()
      logger.error({ freeBytes, reserveBytes }, 'the disk is full; its reserve is released')
    }
  }

  async function watch(): Promise<void> {
    while (!stopping.signal.aborted) {
      await delay(LOOK_EVERY_MS, undefined, { signal: stopping.signal }).catch(() => {})
      if (!stopping.signal.aborted) await tryToLook()
    }
  }

  async function tryToLook(): Promise<void> {
    await look().catch((error: unknown) => logger.warn({ err: error }, 'the room on the disk could not be seen to'))
  }

  return {
    async start() {
      await tryToLook()
      running = watch()
    },
    look,
    assertRoom() {
      if (!isOpen) throw new YujingError('disk.full')
    },
    isOpen: () => isOpen,
    async stop() {
      stopping.abort()
      await running
    },
  }
}

/** Watches the disk of the data directory; one that holds neither log nor store needs no watching. */
export async function startDiskGuard(o: {
  readonly config: Pick<Config, 'natsUrl' | 'clickhouseUrl' | 'diskFreePercent' | 'diskReserveBytes'>
  readonly directory: string
  readonly revive: () => Promise<void>
  readonly logger: Logger
  readonly metrics: Metrics
}): Promise<DiskGuard> {
  const { config, directory } = o
  const isOurs = !config.natsUrl || !config.clickhouseUrl
  const reserveBytes = isOurs ? config.diskReserveBytes : 0
  const reserve = await openReserveFile(join(directory, 'reserve'), reserveBytes)
  const closeBelowPercent = isOurs ? config.diskFreePercent : 0
  const guard = createDiskGuard({ ...o, space: freeSpaceOf(directory), reserve, reserveBytes, closeBelowPercent })
  await guard.start()
  return guard
}
