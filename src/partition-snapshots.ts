import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import type { RestoreReport, Shard } from './detect/shard.ts'
import type { Snapshots } from './log/snapshots.ts'
import type { Clock } from './telemetry/clock.ts'
import type { Logger } from './telemetry/logger.ts'

const compress = promisify(gzip)
const decompress = promisify(gunzip)

/** Level 1: the state is already dense, and a snapshot must not cost the thread more than its copy. */
const COMPRESSION = { level: 1 }

/** Snapshots read or written side by side at start and end. */
const LANES = 8

/** The partitions' states in the object store: read once at the start, written one at a time. */
export interface PartitionSnapshots {
  /** Takes over the newest valid snapshot of each partition; what has none stays empty. */
  restoreAll(): Promise<void>
  /** Writes all partitions, some side by side: for the end, when no fold is held up by it. */
  saveAll(covered: () => Promise<void>): Promise<void>
  /** Copies the state now and writes it once `covered` resolves: all findings up to it are acknowledged by then. */
  save(partition: number, covered: () => Promise<void>): Promise<void>
  /** Seconds since the partition furthest behind was written or read. */
  ageSeconds(): number
}

/** Snapshots of one shard's partitions, named `detect-<partition>`. */
export function createPartitionSnapshots(o: {
  readonly shard: Shard
  readonly snapshots: Pick<Snapshots, 'save' | 'candidates'>
  readonly clock: Clock
  readonly logger: Logger
}): PartitionSnapshots {
  const { shard, snapshots, clock, logger } = o
  const written = new Map(shard.partitions.map((partition) => [partition, clock.now()]))
  const saved = new Map<number, number>()

  async function restore(partition: number): Promise<void> {
    for (const { seq, read } of await snapshots.candidates(partitionState(partition))) {
      const report = await tryRestore(partition, read)
      if (typeof report === 'string' || report.restored.length === 0) {
        logger.warn({ partition, seq, report }, 'a snapshot is not usable; the one before is tried')
        continue
      }
      for (const { detector, reason } of report.refused)
        logger.warn({ partition, seq, detector, reason }, 'a detector is rebuilt from the start of the log')
      saved.set(partition, seq)
      return
    }
  }

  async function tryRestore(partition: number, read: () => Promise<Uint8Array>): Promise<RestoreReport | string> {
    let bytes: Uint8Array
    try {
      bytes = await decompress(await read())
    } catch (error) {
      return error instanceof Error ? error.message : 'unreadable'
    }
    return shard.restore(partition, bytes)
  }

  async function save(partition: number, covered: () => Promise<void>): Promise<void> {
    const { seq, bytes } = shard.snapshot(partition)
    if (seq !== 0 && seq !== saved.get(partition)) {
      await covered()
      await snapshots.save(partitionState(partition), seq, await compress(bytes, COMPRESSION))
      saved.set(partition, seq)
    }
    written.set(partition, clock.now())
  }

  /** Each lane takes the next partition when it is done with one. */
  async function inLanes(work: (partition: number) => Promise<void>): Promise<void> {
    const waiting = [...shard.partitions]
    const lane = async () => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await work(next)
    }
    await Promise.all(Array.from({ length: LANES }, lane))
  }

  return {
    restoreAll: () => inLanes(restore),
    save,
    saveAll: (covered) => inLanes((partition) => save(partition, covered)),
    ageSeconds: () => Math.max(0, clock.now() - Math.min(...written.values())) / 1000,
  }
}

/** Name of a partition's state among the snapshots. */
export function partitionState(partition: number): string {
  return `detect-${partition}`
}
