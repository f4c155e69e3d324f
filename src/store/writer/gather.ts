import type { LogMessage } from '../../model/log-message.ts'
import type { Batch } from './batch.ts'
import type { StoreLog } from './ports.ts'

/** Bounds of a batch. A batch is one insert: one block, which ClickHouse takes whole or not at all. */
export interface BatchLimits {
  readonly rows: number
  readonly bytes: number
  /** What has come waits this long for more, in ms. */
  readonly waitMs: number
  /** So many rows and more wait longer: an insert costs what four thousand of its rows cost, however few they are. */
  readonly manyRows: number
  /** How long many rows wait for more, in ms. */
  readonly manyWaitMs: number
}

export const BATCH_LIMITS: BatchLimits = {
  rows: 100_000,
  bytes: 48 * 1024 * 1024,
  waitMs: 500,
  manyRows: 500,
  manyWaitMs: 2_000,
}

/** Reads ahead of the inserts, by at most one batch. */
export interface Gatherer {
  /**
   * The next batch: what has come, at least one message; with `toSeq` exactly up to that one, as an intent demands.
   * Null when aborted; rejects when the log breaks.
   */
  next(toSeq?: number): Promise<Batch | null>
}

/** Reads the log from a sequence on until the signal is aborted. */
export function gather(log: StoreLog, fromSeq: number, signal: AbortSignal, limits: BatchLimits): Gatherer {
  const waiting: LogMessage[] = []
  let rows = 0
  let bytes = 0
  let failure: unknown = null
  let listeners: (() => void)[] = []
  const change = () => new Promise<void>((resolve) => listeners.push(resolve))
  const tell = () => {
    const told = listeners
    listeners = []
    for (const listener of told) listener()
  }
  signal.addEventListener('abort', tell)

  const add = (message: LogMessage, sign: 1 | -1) => {
    rows += sign * message.count
    bytes += sign * message.payload.length
  }
  const isFull = () => rows >= limits.rows || bytes >= limits.bytes

  async function read(): Promise<void> {
    for await (const message of log.read(fromSeq, signal)) {
      while (rows >= 2 * limits.rows || bytes >= 2 * limits.bytes) {
        if (signal.aborted) return
        await change()
      }
      waiting.push(message)
      add(message, 1)
      tell()
    }
  }
  read().catch((error) => {
    failure = error
    tell()
  })

  /** Waits until `holds`; false when aborted. */
  async function until(holds: () => boolean): Promise<boolean> {
    while (!holds()) {
      if (signal.aborted) return false
      if (failure !== null) throw failure
      await change()
    }
    return !signal.aborted
  }

  function take(count: number): Batch {
    const messages = waiting.splice(0, count)
    for (const message of messages) add(message, -1)
    tell()
    return { fromSeq: messages[0]?.seq ?? 0, toSeq: messages.at(-1)?.seq ?? 0, messages }
  }

  /** How many of those waiting fit into one batch; one always does. */
  function fitting(): number {
    let [count, ofRows, ofBytes] = [0, 0, 0]
    for (const message of waiting) {
      ofRows += message.count
      ofBytes += message.payload.length
      if (count > 0 && (ofRows > limits.rows || ofBytes > limits.bytes)) break
      count += 1
    }
    return count
  }

  return {
    async next(toSeq) {
      if (toSeq !== undefined) {
        if (!(await until(() => (waiting.at(-1)?.seq ?? 0) >= toSeq))) return null
        return take(waiting.findIndex(({ seq }) => seq === toSeq) + 1)
      }
      if (!(await until(() => waiting.length > 0))) return null
      const isOver = (waited: number) =>
        waited >= limits.manyWaitMs || (waited >= limits.waitMs && rows < limits.manyRows)
      let waited = 0
      const pauses = [limits.waitMs, limits.manyWaitMs].map((ms) =>
        setTimeout(() => {
          waited = Math.max(waited, ms)
          tell()
        }, ms),
      )
      const goesOn = await until(() => isOver(waited) || isFull()).finally(() => {
        for (const pause of pauses) clearTimeout(pause)
      })
      return goesOn ? take(fitting()) : null
    },
  }
}
