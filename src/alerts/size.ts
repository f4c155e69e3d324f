import type { StoredAlert } from '../model/alert.ts'

/** Lines of history that an alert keeps, newest; older ones belong to the archive. */
export const HISTORY_KEPT = 50
/** Events that the evidence names, newest. */
export const EVENTS_KEPT = 64
/** An entry stays below this: the server takes 1 MiB, but every change of an alert goes to every watcher. */
export const ENTRY_BYTES = 64 * 1024
/** What must stay when an entry is too long all the same. */
const HISTORY_LEAST = 10

/**
 * The alert cut to what an entry may hold: the newest 50 lines of history and 64 events; should that still be too long
 * (long notes, long ids), the oldest lines of history go first, then the oldest events and the oldest bins of the
 * series. Counts stay true: `eventsTotal` and `findings` say what was there.
 */
export function fitted(alert: StoredAlert): StoredAlert {
  let cut: StoredAlert = {
    ...alert,
    history: alert.history.slice(-HISTORY_KEPT),
    eventPositions: alert.eventPositions.slice(0, EVENTS_KEPT),
    evidence: { ...alert.evidence, events: alert.evidence.events.slice(0, EVENTS_KEPT) },
  }
  while (Buffer.byteLength(JSON.stringify(cut)) >= ENTRY_BYTES) {
    const shorter = shortened(cut)
    if (shorter === cut) return cut
    cut = shorter
  }
  return cut
}

function shortened(alert: StoredAlert): StoredAlert {
  const { history, evidence, eventPositions } = alert
  if (history.length > HISTORY_LEAST) return { ...alert, history: history.slice(-half(history, HISTORY_LEAST)) }
  if (evidence.events.length > 1) {
    const kept = half(evidence.events, 1)
    const events = evidence.events.slice(0, kept)
    return { ...alert, eventPositions: eventPositions.slice(0, kept), evidence: { ...evidence, events } }
  }
  if (evidence.series.length > 1) {
    return { ...alert, evidence: { ...evidence, series: evidence.series.slice(-half(evidence.series, 1)) } }
  }
  return alert
}

function half(list: readonly unknown[], least: number): number {
  return Math.max(least, Math.floor(list.length / 2))
}
