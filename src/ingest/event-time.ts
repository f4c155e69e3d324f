const SHAPE = /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?([Zz]|[+-]\d{2}:\d{2})?$/
/** Times without a zone are business time: +08:00. */
const BUSINESS_OFFSET_MINUTES = 8 * 60
/** Days whose midnight is kept: those of ten years. */
const KEPT_DAYS = 4_000
/** Most events tell one of few days, and making a date costs more than the rest. */
const midnights = new Map<string, number | null>()

/**
 * An RFC 3339 time as epoch milliseconds (further digits are cut off); the zone may be missing and is then +08:00. Null
 * for anything else, a day that the month does not have included. The leap second 60 is the first of the next minute.
 */
export function parseEventTime(text: string): number | null {
  const match = SHAPE.exec(text)
  if (match === null) return null
  const [, year, month, day, hour, minute, second] = match
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) return null
  const midnight = midnightOf(text.slice(0, 10), Number(year), Number(month), Number(day))
  if (midnight === null) return null
  const offset = zoneMinutes(match[8])
  if (offset === null) return null
  const fraction = match[7] === undefined ? 0 : Number(match[7].slice(0, 3).padEnd(3, '0'))
  return midnight + ((Number(hour) * 60 + Number(minute) - offset) * 60 + Number(second)) * 1_000 + fraction
}

/** The UTC midnight of a day in epoch milliseconds; null for a day that the month does not have. */
function midnightOf(text: string, year: number, month: number, day: number): number | null {
  const known = midnights.get(text)
  if (known !== undefined) return known
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  const midnight = date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? date.getTime() : null
  if (midnights.size >= KEPT_DAYS) midnights.clear()
  midnights.set(text, midnight)
  return midnight
}

function zoneMinutes(zone: string | undefined): number | null {
  if (zone === undefined) return BUSINESS_OFFSET_MINUTES
  if (zone === 'Z' || zone === 'z') return 0
  const hours = Number(zone.slice(1, 3))
  const minutes = Number(zone.slice(4, 6))
  if (hours > 23 || minutes > 59) return null
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes)
}
