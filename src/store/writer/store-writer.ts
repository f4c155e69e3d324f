import { setTimeout as sleep } from 'node:timers/promises'
import { RevisionConflict, YujingError } from '../../model/errors.ts'
import type { Logger } from '../../telemetry/logger.ts'
import { countDrop, type Metrics } from '../../telemetry/metrics.ts'
import type { Store } from '../store.ts'
import { assertPlace, type Batch, rowsOf } from './batch.ts'
import { BATCH_LIMITS, type BatchLimits, gather } from './gather.ts'
import type { IntentStore, RowQuarantine, StoreLog } from './ports.ts'
import { highestSeq } from './presence.ts'
import { claimProgress, type ProgressKeeper } from './progress.ts'
import { settle } from './settle.ts'

/** Carries the log into ClickHouse: every row exactly once, whatever dies meanwhile. */
export interface StoreWriter {
  /** Reads where it stood and begins; rejects only when the key-value store cannot be reached. */
  start(): Promise<void>
  /** Ends after the insert under way; one that waits for ClickHouse to come back is left open and repeated next time. */
  stop(): Promise<void>
  /** Everything up to this sequence is in ClickHouse. */
  storedSeq(): number
  /** Resolves when everything up to a sequence is in ClickHouse. */
  caughtUp(seq: number): Promise<void>
  /** Why it has given up (the log is broken, another writer is at work), null while it works. */
  failure(): Error | null
}

const RETRY_FIRST_MS = 100
const RETRY_MOST_MS = 10_000

/**
 * The writer to ClickHouse.
 *
 *     log   ... 17 18 19 20 21 22 ...
 *     KV    {stored 17, open 18-21}   insert 18-21   {stored 21, open none}
 *                      crash here: 18-21 is repeated with the same bounds and token
 */
export function createStoreWriter(o: {
  store: Pick<Store, 'client' | 'isPrepared'>
  log: StoreLog
  intents: IntentStore
  quarantine: RowQuarantine
  logger: Logger
  metrics: Metrics
  limits?: BatchLimits
  /** Asked before every insert: whether this is still the one that stores. */
  mayStore?: () => boolean
  /** Another writer has claimed the progress; this one has ended. */
  onSuperseded?: (error: Error) => void
}): StoreWriter {
  const { log, logger, metrics } = o
  const { client } = o.store
  const { epoch } = log
  const stopping = new AbortController()
  const waiters = new Set<{ seq: number; resolve: () => void }>()
  let stored = 0
  let failed: Error | null = null
  let running = Promise.resolve()

  function advance(seq: number): void {
    stored = seq
    for (const waiter of [...waiters].filter((one) => one.seq <= seq)) {
      waiters.delete(waiter)
      waiter.resolve()
    }
  }

  async function reportLag(): Promise<void> {
    const last = await log.last().catch(() => null)
    if (last !== null) metrics.logLag.set({ consumer: 'store' }, Math.max(0, last - stored))
  }

  /** Tries for ever, with growing pauses; null when it is to stop meanwhile. */
  async function insist<T>(what: string, attempt: (isRepeated: boolean) => Promise<T>): Promise<T | null> {
    for (let waitMs = RETRY_FIRST_MS, tries = 0; !stopping.signal.aborted; tries++) {
      try {
        return await attempt(tries > 0)
      } catch (error) {
        if (stopping.signal.aborted) break
        if (error instanceof RevisionConflict) throw error
        logger.warn({ err: error, what, tries: tries + 1, waitMs }, 'the store writer tries again')
        await reportLag()
        await sleep(waitMs, undefined, { signal: stopping.signal }).catch(() => {})
        waitMs = Math.min(waitMs * 2, RETRY_MOST_MS)
      }
    }
    return null
  }

  async function run(progress: ProgressKeeper): Promise<void> {
    const { signal } = stopping
    // Beyond this ClickHouse holds nothing; up to it a batch may be there already (a key-value store of yesterday).
    const known = await insist('asking how far ClickHouse is', async () => {
      // A table that is not there yet would not be fed by what is inserted before it.
      if (!o.store.isPrepared()) throw new YujingError('store.unavailable')
      return highestSeq(client, epoch)
    })
    if (known === null) return

    const gatherer = gather(log, stored + 1, signal, o.limits ?? BATCH_LIMITS)
    let { open } = progress.current()
    for (;;) {
      const batch = await gatherer.next(open?.toSeq)
      if (batch === null) return
      if (!(await storeBatch(batch, open !== null || batch.fromSeq <= known))) return
      open = null
    }

    async function storeBatch(batch: Batch, wasSent: boolean): Promise<boolean> {
      const { fromSeq, toSeq } = batch
      for (const message of batch.messages) assertPlace(message, epoch)
      const intent = { storedSeq: fromSeq - 1, open: { fromSeq, toSeq } }
      if ((await insist('recording the intent', () => progress.save(intent).then(() => true))) === null) return false
      const settled = await insist('inserting', async (isRepeated) => {
        if (o.mayStore?.() === false) throw new Error('another replica stores now')
        return await settle(client, batch, epoch, wasSent || isRepeated, signal)
      })
      if (settled === null) return false
      const [first] = settled.refused
      if (first) {
        const { position, reason } = first
        const of = { position, reason, refused: settled.refused.length }
        logger.error(of, 'ClickHouse refuses rows for what they hold; they go to quarantine')
      }
      for (const row of settled.refused)
        if ((await insist('quarantining a row', () => o.quarantine.put(row).then(() => true))) === null) return false
      if (settled.refused.length > 0) countDrop(metrics, 'store', 'row-refused', settled.refused.length)
      const done = { storedSeq: toSeq, open: null }
      if ((await insist('recording the progress', () => progress.save(done).then(() => true))) === null) return false
      metrics.eventsStoredTotal.inc(
        rowsOf(batch) - settled.refused.filter(({ position }) => position.index >= 0).length,
      )
      advance(toSeq)
      await reportLag()
      return true
    }
  }

  return {
    async start() {
      const progress = await claimProgress(o.intents, epoch)
      advance(progress.current().storedSeq)
      running = run(progress).catch((error: Error) => {
        failed = error
        if (error instanceof RevisionConflict && o.onSuperseded) return o.onSuperseded(error)
        logger.fatal({ err: error }, 'the store writer has stopped')
      })
    },
    async stop() {
      stopping.abort()
      await running
      metrics.logLag.remove({ consumer: 'store' })
    },
    storedSeq: () => stored,
    caughtUp(seq) {
      if (seq <= stored) return Promise.resolve()
      return new Promise((resolve) => waiters.add({ seq, resolve }))
    },
    failure: () => failed,
  }
}
