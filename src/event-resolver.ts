import type { LoggedEvent } from './model/event.ts'
import type { LogMessage } from './model/log-message.ts'
import type { Position } from './model/position.ts'
import { RowReader } from './model/row-reader.ts'

/** Batches kept as they came: findings of one burst point into the same few. Of a thousand rows a few are decoded. */
const BATCHES_KEPT = 64

/**
 * Events by position: from the log while it has them, else from the store. The log comes first because it is never
 * behind; what it has purged is long stored.
 */
export function createEventResolver(
  log: { get(seq: number): Promise<LogMessage | null> },
  store: { eventsAt(positions: readonly Position[]): Promise<readonly LoggedEvent[]> },
): { eventsAt(positions: readonly Position[]): Promise<(LoggedEvent | null)[]> } {
  const batches = new Map<number, Promise<Uint8Array | null>>()

  function batch(seq: number): Promise<Uint8Array | null> {
    const known = batches.get(seq)
    if (known) return known
    const fetched = log
      .get(seq)
      .then((message) => (message?.kind === 'rows' ? message.payload : null))
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
      const found = await Promise.all(
        positions.map(async ({ seq, index }) => {
          const payload = await batch(seq)
          return payload && rowAt(payload, index)
        }),
      )
      const missing = positions.filter((_, n) => found[n] === null)
      if (missing.length === 0) return found
      const stored = new Map(
        (await store.eventsAt(missing)).map((event) => [`${event.position.seq}.${event.position.index}`, event]),
      )
      return positions.map(({ seq, index }, n) => found[n] ?? stored.get(`${seq}.${index}`) ?? null)
    },
  }
}

function rowAt(payload: Uint8Array, index: number): LoggedEvent | null {
  const rows = new RowReader(payload)
  while (rows.next()) if (rows.index === index) return rows.event()
  return null
}
