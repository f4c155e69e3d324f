import type { EventResolver } from './alerts/ports/event-resolver.ts'
import { askedTogether } from './asked-together.ts'
import type { LoggedEvent } from './model/event.ts'
import type { LogMessage } from './model/log-message.ts'
import type { Position } from './model/position.ts'
import { createRecentEvents } from './recent-events.ts'

/** Batches read from the log for one question, the newest first: each may be a MiB of an import. */
const MOST_BATCHES = 4
/** A question about more is asked alone: those of alerts that open do not wait for its answer. */
const MOST_TOGETHER = 64

/** The resolver, and who tells it what the log has just taken. */
export interface RecentEventResolver extends EventResolver {
  /** Findings will soon point into this batch. */
  appended(seq: number, payload: Uint8Array): void
}

/**
 * Events by position: those in hand first, because the process that works on alerts is the one that appends; then a few
 * batches from the log, which is never behind; the rest from the store in one question.
 */
export function createEventResolver(
  log: { get(seq: number): Promise<LogMessage | null> },
  store: { eventsAt(positions: readonly Position[]): Promise<readonly LoggedEvent[]> },
): RecentEventResolver {
  const recent = createRecentEvents()
  const together = askedTogether((positions: readonly Position[]) => store.eventsAt(positions))
  const fetching = new Map<number, Promise<void>>()

  /** Once at a time, however many ask. */
  function fetchBatch(seq: number): Promise<void> {
    const known = fetching.get(seq)
    if (known) return known
    const fetched = log
      .get(seq)
      .then((message) => {
        if (message?.kind === 'rows') recent.keepBatch(seq, message.payload)
      })
      .finally(() => fetching.delete(seq))
    fetching.set(seq, fetched)
    return fetched
  }

  function inHand(positions: readonly Position[]): (LoggedEvent | null)[] {
    return positions.map((position) => recent.get(position))
  }

  return {
    appended: recent.keepBatch,
    inHand,
    async eventsAt(positions) {
      const lacking = (found: readonly (LoggedEvent | null)[]) => positions.filter((_, n) => found[n] === null)
      const batches = [...new Set(lacking(inHand(positions)).map(({ seq }) => seq))].sort((a, b) => b - a)
      await Promise.all(batches.slice(0, MOST_BATCHES).map(fetchBatch))
      const found = inHand(positions)
      const missing = lacking(found)
      if (missing.length === 0) return found
      const stored = await (missing.length > MOST_TOGETHER ? store.eventsAt(missing) : together(missing))
      const byPlace = new Map(stored.map((event) => [placeOf(event.position), event]))
      return positions.map((position, n) => {
        const event = found[n] ?? byPlace.get(placeOf(position)) ?? null
        if (event !== null) recent.keep(event)
        return event
      })
    },
  }
}

function placeOf({ epoch, seq, index }: Position): string {
  return `${epoch}-${seq}-${index}`
}
