/**
 * Business time: China has one zone, +08:00, without daylight saving, so a business day is a fixed division of epoch
 * milliseconds and needs no calendar.
 *
 *     bin (day)     0                 1                2
 *     +08:00        1970-01-01 00:00  1970-01-02 00:00
 *     epoch ms      -28,800,000       57,600,000       144,000,000        intervals are [from, to)
 */

export const HOUR_MS = 3_600_000
export const DAY_MS = 24 * HOUR_MS
const OFFSET_MS = 8 * HOUR_MS

/** Number of the business day (+08:00) that holds the instant; day 0 is 1970-01-01. */
export function businessDay(epochMs: number): number {
  return Math.floor((epochMs + OFFSET_MS) / DAY_MS)
}

/** First millisecond (inclusive) of a business day. */
export function businessDayStart(day: number): number {
  return day * DAY_MS - OFFSET_MS
}

/** Number of the hour since the epoch; hours do not depend on the zone, since +08:00 is a whole number of hours. */
export function hourBin(epochMs: number): number {
  return Math.floor(epochMs / HOUR_MS)
}

/** RFC 3339 in +08:00 with milliseconds dropped when they are zero, e.g. `2026-11-23T08:00:00+08:00`. */
export function formatTime(epochMs: number): string {
  const local = new Date(epochMs + OFFSET_MS).toISOString()
  return `${local.endsWith('.000Z') ? local.slice(0, -5) : local.slice(0, -1)}+08:00`
}

/** Number of the business day that is written `2026-11-23`; null for anything else. */
export function parseDay(text: string): number | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return null
  const epochMs = Date.parse(`${text}T00:00:00Z`)
  // `2026-02-30` is taken for a day of March by some and for nonsense by others.
  return Number.isNaN(epochMs) || !new Date(epochMs).toISOString().startsWith(text) ? null : epochMs / DAY_MS
}

/** First millisecond after the business day that a day (`2026-11-23`) or a time of RFC 3339 names; NaN for nonsense. */
export function endOfDay(text: string): number {
  const hasZone = /T.*(?:Z|[+-]\d{2}:\d{2})$/i.test(text)
  const day = hasZone ? businessDay(Date.parse(text)) : (parseDay(text.slice(0, 10)) ?? Number.NaN)
  return businessDayStart(day + 1)
}

/** The business day as `2026-11-23`. */
export function formatDay(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10)
}
