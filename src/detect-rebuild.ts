import { setTimeout as delay } from 'node:timers/promises'
import type { Shard } from './detect/shard.ts'
import { isStoreAway } from './model/errors.ts'
import { connectStore, type Store, type StoreAccess } from './store/store.ts'
import type { Logger } from './telemetry/logger.ts'

const RETRY_FIRST_MS = 250
const RETRY_MOST_MS = 10_000

/**
 * Folds in what the log no longer holds, from the store: state that is behind the log's first message (a torn snapshot, a
 * detector of another version) is rebuilt before the log's own replay. Waits while ClickHouse is away.
 *
 * What the fold finds on the way is not told: the log only gives up what lies behind every snapshot, and a snapshot is
 * written when all findings up to it are acknowledged. So the desk has had them, and an alert that was long finished and
 * filed away must not come back. A detector that is new to those years goes live in silence.
 *
 * @param o.from first sequence wanted; `below` is the first that the log still has
 */
export async function rebuildFromStore(o: {
  readonly shard: Shard
  readonly epoch: string
  readonly from: number
  readonly below: number
  readonly store: StoreAccess
  readonly logger: Logger
  readonly signal: AbortSignal
}): Promise<void> {
  const { shard, epoch, below, logger, signal } = o
  let from = o.from
  let told = 0
  let untold = 0
  logger.warn({ from, below }, 'the log no longer reaches back to the state; it is rebuilt from the store')

  async function foldFrom(store: Store): Promise<void> {
    for await (const message of store.messagesInLogOrder({ epoch, fromSeq: from, belowSeq: below })) {
      if (signal.aborted) return
      untold += shard.applyStored(message).length
      from = message.seq + 1
      told++
    }
  }

  for (let waitMs = RETRY_FIRST_MS; !signal.aborted; waitMs = Math.min(waitMs * 2, RETRY_MOST_MS)) {
    let store: Store | null = null
    try {
      store = await connectStore({ ...o.store, logger })
      await foldFrom(store)
      break
    } catch (error) {
      if (!isStoreAway(error)) throw error
      logger.warn({ from, below, waitMs }, 'detection waits for the store to rebuild its state')
      await delay(waitMs, undefined, { signal }).catch(() => {})
    } finally {
      await store?.close()
    }
  }
  if (signal.aborted) return
  const missing = below - o.from - told
  const report = { from: o.from, below, missing, untold }
  if (missing > 0) logger.error(report, 'the store lacks messages that the log gave up; windows lack them too')
  else logger.info(report, 'the state is rebuilt from the store')
}
