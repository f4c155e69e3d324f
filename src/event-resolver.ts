import type { LoggedEvent } from './model/event.ts'
import type { LogMessage } from './model/log-message.ts'
import type { Position } from './model/position.ts'
import { decodeBatch } from './model/row.ts'

/** Batches kept decoded: findings of one burst point into the same few. */
const BATCHES_KEPT = 64

/**
 * Events by position: from the log while it has them, else from the store. The log comes first because it is never
 * behind; what it has purged is long stored.
 */
export function createEventResolver(
  log: { get(seq: number): Promise<LogMessage | null> },
  store: { eventsAt(positions: readonly Position[]): Promise<readonly LoggedEvent[]> },
): { eventsAt(positions: readonly Position[]): Promise<(LoggedEvent | null)[]> } {
  const batches = new Map<number, Promise<readonly LoggedEvent[] | null>>()

  function batch(seq: number): Promise<readonly LoggedEvent[] | null> {
    const known = batches.get(seq)
    if (known) return known
    const fetched = log
      .get(seq)
      .then((message) => (message?.kind === 'rows' ? decodeBatch(message.payload) : null))
      .catch((error) => {
        batches.delete(seq)
        throw error
      })
    batches.set(seq, fetched)
    const oldest = batches.keys().next()
    if (batches.size > BATCHES_KEPT && !oldest.done) batches.delete(oldest.value)
    return fetched
  }

  return {
    async eventsAt(positions) {
      const found = await Promise.all(positions.map(async ({ seq, index }) => (await batch(seq))?.[index] ?? null))
      const missing = positions.filter((_, n) => found[n] === null)
      if (missing.length === 0) return found
      const stored = new Map(
        (await store.eventsAt(missing)).map((event) => [`${event.position.seq}.${event.position.index}`, event]),
      )
      return positions.map(({ seq, index }, n) => found[n] ?? stored.get(`${seq}.${index}`) ?? null)
    },
  }
}
