import type { HistoryEntry, StoredAlert } from '../model/alert.ts'
import type { AlertPlaces } from '../model/alert-places.ts'
import type { EventRef } from '../model/event.ts'
import type { Finding } from '../model/finding.ts'
import type { DropReason } from '../telemetry/drops.ts'

/** A finding with what the desk looked up for it. */
export interface Verdict {
  readonly finding: Finding
  /** Source and id of the contributing events that could be resolved, newest first. */
  readonly events: readonly EventRef[]
  /** How many could not (yet). */
  readonly eventsPending: number
  /** Name of the subject for people, null when it is not known (yet). */
  readonly name: string | null
  /** Where the resolved events and their enterprises lie; absent when none was looked up. */
  readonly places?: AlertPlaces
}

/** A verdict at the desk: the alert it is about as it stands, null when there is none, and the desk's time (RFC 3339). */
export interface Arrival {
  readonly verdict: Verdict
  readonly before: StoredAlert | null
  readonly at: string
}

/** What an arrival makes of its alert so far. */
export interface Change extends Arrival {
  readonly alert: StoredAlert
}

/** Why a finding changes nothing: it was applied before; or it takes back or ends what no alert says. */
export type AlertDropReason = Extract<DropReason, 'already-applied' | 'nothing-open'>

/** A finding that went no further, and why. */
export interface Dropped {
  readonly dropped: AlertDropReason
}

/** The alert with one more line of history by the system; `to` is written when the status changes. */
export function withHistory(
  alert: StoredAlert,
  entry: Pick<HistoryEntry, 'at' | 'action' | 'note' | 'to' | 'detail'> & { readonly by?: string },
): StoredAlert {
  const { at, by = 'system', action, note, detail, to = alert.status } = entry
  const moved = to !== alert.status
  const line: HistoryEntry = {
    at,
    by,
    action,
    ...(note === undefined ? {} : { note }),
    ...(detail === undefined ? {} : { detail }),
    ...(moved ? { from: alert.status, to } : {}),
  }
  return { ...alert, status: to, stage: to, history: [...alert.history, line] }
}
