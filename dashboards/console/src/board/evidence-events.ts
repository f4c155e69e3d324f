import type { Alert } from '../../../../src/model/alert.ts'

interface Named {
  readonly source: string
  readonly id: string
}

/** One string for source and id, as a key of maps. */
export function eventName(event: Named): string {
  return `${event.source}\n${event.id}`
}

/** History is seconds behind the alerts: the events of a fresh one are looked for again this often, milliseconds apart. */
const LOOKS = 6
const LOOK_AGAIN_MS = 1_500
const FRESH_MS = 60_000

/** When to look again for the events of the evidence, null when they are there or will not come by waiting. */
export function lookAgain(
  alert: Alert,
  found: readonly { readonly events: readonly Named[] }[],
  look: number,
  now: number,
): number | null {
  if (look >= LOOKS || now - Date.parse(alert.updatedAt) > FRESH_MS) return null
  const there = new Set(found.flatMap(({ events }) => events.map(eventName)))
  return alert.evidence.events.every((event) => there.has(eventName(event))) ? null : LOOK_AGAIN_MS
}
