import type { Alert } from '../../model/alert.ts'
import { type AlertFilter, containsAll, matchesFilter, termsOf } from '../../model/alert-filter.ts'

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

/** The reader's eye: an alert as an item of the list, null when it is none. Made once for a page, used for each alert. */
export function eyeOf({ filter = {}, visible, project = (alert) => alert }: Reader): (alert: Alert) => Alert | null {
  // What a reader sees may have a sentence of its own: `q` holds on that alone, the rest on both.
  const { q, ...coarse } = filter
  const terms = q === undefined ? [] : termsOf(q)
  return (alert) => {
    if (!matchesFilter(coarse, alert) || !visible(alert)) return null
    const seen = project(alert)
    if (seen === null || (seen !== alert && !matchesFilter(coarse, seen))) return null
    return containsAll(seen, terms) ? seen : null
  }
}
