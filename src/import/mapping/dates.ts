import { DAY_MS, formatDay, formatTime } from '../../model/time.ts'

/** A day, and the time of the day where the cell says one; `day` is `2026-11-23`, `time` `09:30:00`. */
export interface ReadDate {
  readonly day: string
  readonly time: string | null
}

/** Days from 1899-12-30, the zero of spreadsheets, to 1970-01-01. */
const SHEET_EPOCH = 25_569
/** Serial numbers of spreadsheets that are taken for dates: 1927 to 2119. */
const SHEET_FIRST = 10_000
const SHEET_LAST = 80_000

const CLOCK = '(?:[T ]+(\\d{1,2})[:时点](\\d{1,2})(?:[:分](\\d{1,2})秒?(?:\\.\\d+)?|分)?(Z|[+-]\\d{2}:?\\d{2})?)?'
const YEAR_FIRST = new RegExp(`^(\\d{4})[-/.年](\\d{1,2})[-/.月](\\d{1,2})日?${CLOCK}$`)
const COMPACT = /^(\d{4})(\d{2})(\d{2})(?:[T ]?(\d{2})(\d{2})(\d{2})?)?$/

/** Ways to write a date that must be said, because they could be read otherwise. */
export const DATE_FORMATS = ['dd/MM/yyyy', 'MM/dd/yyyy', 'yyyy'] as const
export type DateFormat = (typeof DATE_FORMATS)[number]

/**
 * Reads `2026-11-23`, `2026/11/3 9:30`, `2026.11.03`, `20261103`, `2026年11月3日`, RFC 3339 (zones are brought to +08:00) and
 * the serial numbers of spreadsheets (`46349.5`); with a format said, that one first. Null for a day there is not.
 */
export function readDate(cell: string, format?: DateFormat): ReadDate | null {
  if (format !== undefined) {
    const said = saidDate(cell, format)
    if (said !== null) return said
  }
  const match = YEAR_FIRST.exec(cell)
  if (match !== null) return inBusinessTime(dateOf(match), match[7])
  const compact = COMPACT.exec(cell)
  if (compact !== null) return dateOf(compact)
  const serial = /^\d{5}(?:\.\d+)?$/.test(cell) ? Number(cell) : Number.NaN
  if (!(serial >= SHEET_FIRST && serial <= SHEET_LAST)) return null
  const day = Math.floor(serial)
  const seconds = Math.round((serial - day) * 86_400)
  const time = Number.isInteger(serial) ? null : new Date(seconds * 1_000).toISOString().slice(11, 19)
  return { day: formatDay(day - SHEET_EPOCH), time }
}

function saidDate(cell: string, format: DateFormat): ReadDate | null {
  if (format === 'yyyy') return /^\d{4}年?$/.test(cell) ? { day: `${cell.slice(0, 4)}-01-01`, time: null } : null
  const match = /^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?: +(\d{1,2}):(\d{1,2})(?::(\d{1,2}))?)?$/.exec(cell)
  if (match === null) return null
  const [, first, second, year, ...clock] = match
  const [month, day] = format === 'dd/MM/yyyy' ? [second, first] : [first, second]
  return dateOf(['', year, month, day, ...clock])
}

function dateOf([, year, month, day, hour, minute, second = '0']: readonly (string | undefined)[]): ReadDate | null {
  const iso = `${year}-${pad(month)}-${pad(day)}`
  const epochMs = Date.parse(`${iso}T00:00:00Z`)
  if (Number.isNaN(epochMs) || formatDay(epochMs / DAY_MS) !== iso) return null
  if (hour === undefined) return { day: iso, time: null }
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return null
  return { day: iso, time: `${pad(hour)}:${pad(minute)}:${pad(second)}` }
}

/** Brings a time that says its zone (`Z`, `+0900`, `+09:00`) to +08:00. */
function inBusinessTime(read: ReadDate | null, zone: string | undefined): ReadDate | null {
  if (read === null || zone === undefined) return read
  const epochMs = Date.parse(`${read.day}T${read.time}${zone.replace(/^(...)(\d\d)$/, '$1:$2')}`)
  if (Number.isNaN(epochMs)) return null
  const [day, time] = formatTime(epochMs).split(/[T+]/) as [string, string]
  return { day, time }
}

function pad(part: string | undefined): string {
  return (part ?? '').padStart(2, '0')
}
