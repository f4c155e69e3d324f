import type { Alert } from '../../model/alert.ts'
import type { Level } from '../../model/level.ts'

/** A change as the book tells it; `alert` null: it has left the book. */
export interface FeedChange {
  readonly id: string
  readonly revision: number
  readonly alert: Alert | null
}

/**
 * The alerts as the live feed reads them.
 *
 * Offsets are the alerts' revisions, from one counter. `subscribe` calls its listener synchronously for every change,
 * in offset order, when the book already holds it: between a `changedAfter` and a `subscribe` in one turn of the event
 * loop nothing is lost. It is complete before the first client comes: after a restart it holds all that was saved, or a
 * cursor of before would look as if it were ahead. The counties an alert touches only grow, so whoever could see it
 * still can. A finished alert may leave the book: that is a change too, of which `changedAfter` keeps nothing but `floor`.
 */
export interface FeedBook {
  /** Offset of the newest change of all; 0 for none. */
  head(): number
  /**
   * The lowest cursor that still tells everything: an alert that has left the book since an older one would be missed.
   * 0 while nothing ever left.
   */
  floor(): number
  /** Latest state of every alert changed after the offset, in offset order, the first `most` of them; after 0: all. */
  changedAfter(offset: number, most?: number): readonly Alert[]
  /** Returns how to stop. */
  subscribe(listener: (change: FeedChange) => void): () => void
  /** When the event behind an alert's last change arrived, epoch milliseconds; null when no event was behind it. */
  receivedAt(id: string): number | null
  /** Open alerts among the visible ones. */
  openByLevel(visible: (alert: Alert) => boolean): Readonly<Record<Level, number>>
}
