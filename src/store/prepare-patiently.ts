import { setTimeout as delay } from 'node:timers/promises'
import { isStoreAway } from '../model/errors.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { Store } from './store.ts'

const RETRY_FIRST_MS = 500
const RETRY_MOST_MS = 10_000

/**
 * Prepares the store, at once when ClickHouse is there, otherwise as soon as it comes: the service starts without it.
 * Rejects, or later calls `onFatal`, when the database is not one for this version.
 *
 * @returns a function that ends the waiting
 */
export async function preparePatiently(
  store: Pick<Store, 'prepare'>,
  o: { readonly logger: Logger; readonly onFatal: (error: Error) => void },
): Promise<() => Promise<void>> {
  const stopping = new AbortController()
  const { signal } = stopping

  /** Whether it is prepared now; false while ClickHouse is away. */
  async function attempt(): Promise<boolean> {
    try {
      await store.prepare()
      return true
    } catch (error) {
      if (isStoreAway(error)) return false
      throw error
    }
  }

  async function wait(): Promise<void> {
    for (let waitMs = RETRY_FIRST_MS; !signal.aborted; waitMs = Math.min(waitMs * 2, RETRY_MOST_MS)) {
      await delay(waitMs, undefined, { signal }).catch(() => {})
      if (signal.aborted || !(await attempt())) continue
      o.logger.info('ClickHouse has come, the store is prepared')
      return
    }
  }

  if (await attempt()) return async () => {}
  o.logger.warn('ClickHouse is away; the service starts without history and waits for it')
  const waiting = wait().catch(o.onFatal)
  return async () => {
    stopping.abort()
    await waiting
  }
}
