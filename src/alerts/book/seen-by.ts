import type { Alert } from '../../model/alert.ts'
import { type AlertFilter, matchesFilter } from '../../model/alert-filter.ts'

/** Who reads a list, and what of it. */
export interface Reader {
  readonly filter?: AlertFilter | undefined
  /** Whether the reader may know of an alert at all; asked before anything is counted or paged. */
  readonly visible: (alert: Alert) => boolean
  /**
   * The alert as this reader sees it, null when not at all. Filters hold on what the reader sees, so that they cannot be
   * used to ask about what is hidden; items come in this form.
   */
  readonly project?: ((alert: Alert) => Alert | null) | undefined
}

/** The alert as an item of the reader's list; null when it is none. */
export function seenBy({ filter = {}, visible, project = (alert) => alert }: Reader, alert: Alert): Alert | null {
  // What a reader sees may have a sentence of its own: `q` holds on that alone, the rest on both.
  const { q, ...coarse } = filter
  if (!matchesFilter(coarse, alert) || !visible(alert)) return null
  const seen = project(alert)
  return seen !== null && matchesFilter(filter, seen) ? seen : null
}
