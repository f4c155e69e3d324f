const SHAPE = /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?([Zz]|[+-]\d{2}:\d{2})?$/
/** Times without a zone are business time: +08:00. */
const BUSINESS_OFFSET_MINUTES = 8 * 60

/**
 * An RFC 3339 time as epoch milliseconds (further digits are cut off); the zone may be missing and is then +08:00. Null
 * for anything else, a day that the month does not have included. The leap second 60 is the first of the next minute.
 */
export function parseEventTime(text: string): number | null {
  const match = SHAPE.exec(text)
  if (match === null) return null
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map(Number)
  if (hour > 23 || minute > 59 || second > 60) return null
  const midnight = new Date(0)
  midnight.setUTCFullYear(year, month - 1, day)
  if (midnight.getUTCMonth() !== month - 1 || midnight.getUTCDate() !== day) return null
  const offset = zoneMinutes(match[8])
  if (offset === null) return null
  const fraction = Number((match[7] ?? '').slice(0, 3).padEnd(3, '0'))
  return midnight.getTime() + ((hour * 60 + minute - offset) * 60 + second) * 1_000 + fraction
}

function zoneMinutes(zone: string | undefined): number | null {
  if (zone === undefined) return BUSINESS_OFFSET_MINUTES
  if (zone === 'Z' || zone === 'z') return 0
  const hours = Number(zone.slice(1, 3))
  const minutes = Number(zone.slice(4, 6))
  if (hours > 23 || minutes > 59) return null
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes)
}
