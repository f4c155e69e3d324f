import type { StoredAlert } from '../model/alert.ts'
import type { PastAlert } from '../model/past-alert.ts'
import { comparePositions } from '../model/position.ts'
import { DAY_MS } from '../model/time.ts'

/** How far back alerts of the same subject speak, in days of event time before the alert's first event. */
export const MEMORY_DAYS = 365

/** What earlier alerts say about a subject. */
export interface EarlierAlerts {
  /** Id of the last alert of the same detector and key, however long ago; null when there is none. */
  readonly previous: string | null
  /** Of any detector, within the memory; those withdrawn are left out: they said nothing. */
  readonly ofSubject: readonly PastAlert[]
}

/** The alerts of a subject that opened before another one of it, by their place in the log; of test ones, test ones. */
export function earlierAlerts(alert: StoredAlert, ofSubject: readonly PastAlert[]): EarlierAlerts {
  const before = ofSubject
    .filter((other) => other.id !== alert.id && other.test === alert.test && openedBefore(other, alert))
    .sort((a, b) => (openedBefore(a, b) ? -1 : 1))
  const remembered = Date.parse(alert.firstEventTime) - MEMORY_DAYS * DAY_MS
  return {
    previous: before.findLast((other) => other.detector === alert.detector)?.id ?? null,
    ofSubject: before.filter((other) => other.outcome !== 'withdrawn' && Date.parse(other.lastEventTime) >= remembered),
  }
}

/** Within one log by position; of two logs the desk's clock decides. */
function openedBefore(a: PastAlert, b: PastAlert): boolean {
  if (a.openedPosition.epoch !== b.openedPosition.epoch) return Date.parse(a.openedAt) < Date.parse(b.openedAt)
  return comparePositions(a.openedPosition, b.openedPosition) < 0
}
