import type { Alert } from '../model/alert.ts'
import type { AlertFilter } from '../model/alert-filter.ts'

/**
 * The alerts as they stand now, in memory; reading never waits.
 *
 * Revisions come from one counter: an alert's `revision` is the feed offset of its last change, `head` the offset of
 * the newest change of all (0 for none). What `changedAfter` gives is never older than `head` said
 * before. Finished alerts leave it for the archive.
 */
export interface AlertBook {
  head(): number
  /** Latest state of every alert changed after the offset, in offset order; after 0: all. */
  changedAfter(offset: number): readonly Alert[]
}

/**
 * Alerts wherever they are, and what officers do to them.
 *
 * `list` gives the visible ones that match, newest change first, at most `limit`, each as `project` gives it; the filter
 * holds on that form; `areas` are those of which an alert must touch one to be visible. `next` goes back as `cursor` for
 * the page after and is null at the end. `archive` says that finished ones of the archive are missing from the page.
 * Rejects with `request.invalid` for a cursor it did not give, and with `store.unavailable` when only the archive could
 * answer and cannot; so does `find`, which gives null for an alert that is nowhere.
 *
 * `act` takes the request as it came, and resolves with the alert as saved by compare-and-set on `revision`, when the
 * book shows it too. It throws, in this order: `not-found`; `revision.stale` when the alert has another revision;
 * `request.invalid` when the action is unknown or lacks what it needs; `action.not-allowed` with `details.allowed` when
 * the status does not allow it or it is not built yet. `log.unavailable` when it cannot be saved now.
 */
export interface AlertDesk {
  find(id: string): Promise<Alert | null>
  list(query: {
    filter: AlertFilter
    areas: readonly string[] | 'all'
    visible: (alert: Alert) => boolean
    project: (alert: Alert) => Alert | null
    limit: number
    cursor: string | null
  }): Promise<{ readonly items: readonly Alert[]; readonly next: string | null; readonly archive?: 'unavailable' }>
  act(id: string, request: unknown, revision: number, actor: { readonly id: string }): Promise<Alert>
}
