/** Time as people read it. Instants are epoch milliseconds; clock times are shown in +08:00, the zone of the field. */

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const OFFSET = 8 * HOUR

/** A duration in the one or two units that matter. `unit` names the message of the locale. */
export type Age =
  | { readonly unit: 'seconds' | 'minutes' | 'days'; readonly n: number }
  | { readonly unit: 'hours'; readonly n: number; readonly m: number }

/** The age of an instant; one that lies ahead (clocks differ) is 0 seconds old. */
export function ageOf(instant: number, now: number): Age {
  const ms = Math.max(0, now - instant)
  if (ms < MINUTE) return { unit: 'seconds', n: Math.floor(ms / SECOND) }
  if (ms < HOUR) return { unit: 'minutes', n: Math.floor(ms / MINUTE) }
  if (ms < 2 * DAY) return { unit: 'hours', n: Math.floor(ms / HOUR), m: Math.floor((ms % HOUR) / MINUTE) }
  return { unit: 'days', n: Math.floor(ms / DAY) }
}

function local(instant: number): string {
  return new Date(instant + OFFSET).toISOString()
}

/** `2026-11-23`. */
export function dayOf(instant: number): string {
  return local(instant).slice(0, 10)
}

/** `2026-11-23 08:00`. */
export function minuteOf(instant: number): string {
  return `${dayOf(instant)} ${local(instant).slice(11, 16)}`
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const

/** `11-23 08:00`, in English `23 Nov 08:00`; with the year before it when it is not the year of `now`. */
export function momentOf(instant: number, now: number, language: 'zh' | 'en'): string {
  const text = minuteOf(instant)
  if (text.slice(0, 4) !== dayOf(now).slice(0, 4)) return text
  if (language === 'zh') return text.slice(5)
  return `${Number(text.slice(8, 10))} ${MONTHS[Number(text.slice(5, 7)) - 1]} ${text.slice(11)}`
}

/** `08:00:05` when the instant lies on the business day of `now`, else as `momentOf`. */
export function clockOf(instant: number, now: number, language: 'zh' | 'en'): string {
  return dayOf(instant) === dayOf(now) ? local(instant).slice(11, 19) : momentOf(instant, now, language)
}

/**
 * A half-open period as a reader says it: whole business days as first and last day (both inclusive), else with minutes.
 * Returns the two ends to be joined by the locale.
 */
export function periodOf(from: number, to: number): readonly [string, string] {
  const wholeDays = (from + OFFSET) % DAY === 0 && (to + OFFSET) % DAY === 0
  return wholeDays ? [dayOf(from), dayOf(to - 1)] : [minuteOf(from), minuteOf(to)]
}

/** Length of a period in days, rounded up: the window counts whole bins. */
export function daysOf(from: number, to: number): number {
  return Math.max(1, Math.round((to - from) / DAY))
}
