import type { Alert } from '../../../../src/model/alert.ts'
import { severity } from '../../../../src/model/level.ts'
import { inView, type View } from './view.ts'

/**
 * The list as the reader sees it. Rows keep their place while somebody reads; what is new waits until it is asked for.
 * Values are never changed in place: every function returns the next listing.
 */
export interface Listing {
  /** Ids of the rows, top first. */
  readonly order: readonly string[]
  /** Ids that came, or rose in level, while the reader was reading; newest first. They may stand in `order` already. */
  readonly waiting: readonly string[]
  readonly alerts: ReadonlyMap<string, Alert>
  /** Ids whose row has just appeared at the top by itself, for the eye. */
  readonly fresh: ReadonlySet<string>
}

export const EMPTY: Listing = { order: [], waiting: [], alerts: new Map(), fresh: new Set() }

/** How an update meets the reader. */
export interface Reading {
  readonly view: View
  /** The reader has scrolled or opened something: new alerts wait. */
  readonly hold: boolean
  /** The alert that is open: it stays in the list even when it no longer belongs to the view. */
  readonly opened: string | null
}

/** A first page, in the service's order. */
export function listingOf(alerts: readonly Alert[]): Listing {
  return appended(EMPTY, alerts)
}

/** A further page: rows that are known already keep their place. */
export function appended(listing: Listing, page: readonly Alert[]): Listing {
  const alerts = new Map(listing.alerts)
  const order = [...listing.order]
  for (const alert of page) {
    const known = alerts.get(alert.id)
    if (known === undefined) order.push(alert.id)
    if (known === undefined || known.revision < alert.revision) alerts.set(alert.id, alert)
  }
  return { ...listing, order: order.filter((id) => !listing.waiting.includes(id)), alerts }
}

function without(ids: readonly string[], id: string): readonly string[] {
  return ids.includes(id) ? ids.filter((other) => other !== id) : ids
}

/** Takes an alert out: it went out of scope or no longer belongs to the view. */
export function removed(listing: Listing, id: string): Listing {
  if (!listing.alerts.has(id)) return listing
  const alerts = new Map(listing.alerts)
  alerts.delete(id)
  return { ...listing, alerts, order: without(listing.order, id), waiting: without(listing.waiting, id) }
}

/** The latest state of an alert. An older revision than the one known changes nothing. */
export function changed(listing: Listing, alert: Alert, reading: Reading): Listing {
  const known = listing.alerts.get(alert.id)
  if (known !== undefined && known.revision >= alert.revision) return listing
  const stays = known !== undefined && alert.id === reading.opened
  if (!inView(reading.view, alert) && !stays) return removed(listing, alert.id)
  const alerts = new Map(listing.alerts).set(alert.id, alert)
  const rises = known === undefined || severity(alert.level) > severity(known.level)
  if (!rises || stays) return { ...listing, alerts }
  if (reading.hold) return { ...listing, alerts, waiting: [alert.id, ...without(listing.waiting, alert.id)] }
  return {
    ...listing,
    alerts,
    order: [alert.id, ...without(listing.order, alert.id)],
    fresh: new Set([...listing.fresh, alert.id]),
  }
}

/** Shows what waits: newest at the top. */
export function released(listing: Listing): Listing {
  const waiting = new Set(listing.waiting)
  const rest = listing.order.filter((id) => !waiting.has(id))
  return { ...listing, order: [...listing.waiting, ...rest], waiting: [], fresh: waiting }
}

/** The rows that slid in have been seen. */
export function seen(listing: Listing): Listing {
  return listing.fresh.size === 0 ? listing : { ...listing, fresh: EMPTY.fresh }
}

/** Drops the rows that stayed only because they were open. */
export function swept(listing: Listing, reading: Reading): Listing {
  let next = listing
  for (const id of listing.order) {
    const alert = listing.alerts.get(id)
    if (alert !== undefined && id !== reading.opened && !inView(reading.view, alert)) next = removed(next, id)
  }
  return next
}

/** The alerts of the rows, top first. */
export function rowsOf(listing: Listing): Alert[] {
  return listing.order.map((id) => listing.alerts.get(id)).filter((alert) => alert !== undefined)
}
