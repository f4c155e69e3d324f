import type { Alert } from '../model/alert.ts'
import type { AlertFilter } from '../model/alert-filter.ts'

/**
 * The alerts as they stand now, in memory; reading never waits.
 *
 * Revisions come from one counter: an alert's `revision` is the feed offset of its last change, `head` the offset of
 * the newest change of all (0 for none). What `get`, `list` and `changedAfter` give is never older than `head` said
 * before.
 */
export interface AlertBook {
  head(): number
  get(id: string): Alert | null
  /**
   * The visible ones that match, newest change first, at most `limit`, each as `project` gives it; the filter holds on
   * that form. `next` goes back as `cursor` for the page after and is null at the end. Throws `request.invalid` for a
   * cursor it did not give.
   */
  list(query: {
    filter: AlertFilter
    visible: (alert: Alert) => boolean
    project: (alert: Alert) => Alert | null
    limit: number
    cursor: string | null
  }): { readonly items: readonly Alert[]; readonly next: string | null }
  /** Latest state of every alert changed after the offset, in offset order; after 0: all. */
  changedAfter(offset: number): readonly Alert[]
}

/**
 * What officers do to alerts.
 *
 * `act` takes the request as it came, and resolves with the alert as saved by compare-and-set on `revision`, when the
 * book shows it too. It throws, in this order: `not-found`; `revision.stale` when the alert has another revision;
 * `request.invalid` when the action is unknown or lacks what it needs; `action.not-allowed` with `details.allowed` when
 * the status does not allow it or it is not built yet. `log.unavailable` when it cannot be saved now.
 */
export interface AlertDesk {
  act(id: string, request: unknown, revision: number, actor: { readonly id: string }): Promise<Alert>
}
