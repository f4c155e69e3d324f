import type { Silence } from './windows/record.ts'

/**
 * Go-live is silent (DESIGN 17, first half): a trigger held by backfill alone opens no alert until its level rises, or
 * until it has fallen below and is crossed again.
 *
 * `before` is the severity at the judged end without the event, `after` with it (both 0 to 4). The first judged event
 * after backfill finds what backfill held; from then on the key remembers it.
 *
 *     before 0                    the trigger was not held: this event crosses it        opens
 *     before 1+, after > held     the level rises                                         opens
 *     before 1+, after <= held    still what backfill held (or less, which is then held)  silent
 */
export function crossing(silence: Silence, before: number, after: number): { opens: boolean; silence: Silence } {
  const held = silence.backfilled ? before : silence.held
  if (before === 0 || held === 0 || after > held) return { opens: true, silence: NO_SILENCE }
  return { opens: false, silence: { held: Math.min(held, after), backfilled: false } }
}

/** Nothing is held by backfill. */
export const NO_SILENCE: Silence = { held: 0, backfilled: false }

/** Only a key that backfill touched needs to be judged without the event first. */
export function mayBeSilent(silence: Silence): boolean {
  return silence.backfilled || silence.held > 0
}

/** What is held silently after a departure left the trigger fulfilled at this severity. */
export function lowered(silence: Silence, severity: number): Silence {
  return { ...silence, held: Math.min(silence.held, severity) }
}
