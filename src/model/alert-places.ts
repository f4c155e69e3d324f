import type { Alert } from './alert.ts'

/** In which county each part of an alert lies: by it an alert over several counties is cut to a reader's scope. */
export interface AlertPlaces {
  /** County of each event of the evidence, in the same order. */
  readonly events: readonly string[]
  /** County of each enterprise that is known, by credit code. */
  readonly enterprises: Readonly<Record<string, string>>
}

export const NO_PLACES: AlertPlaces = { events: [], enterprises: {} }

const places = new WeakMap<Alert, AlertPlaces>()

/** Lays the places beside an alert and not into it, so that no answer can show what it should not. */
export function withPlaces(alert: Alert, known: AlertPlaces): Alert {
  places.set(alert, known)
  return alert
}

/** The places laid beside this very alert; none for a copy of it. */
export function placesOf(alert: Alert): AlertPlaces {
  return places.get(alert) ?? NO_PLACES
}
