import { type Static, Type } from '@sinclair/typebox'
import { businessDay, businessDayStart, formatDay, HOUR_MS, parseDay } from './time.ts'

const Day = Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' })

/** The calendar of the State Council's working days, make-up workdays included. */
export const WORKING_DAYS = 'working-days'

/**
 * What one year of a calendar (`working-days`, or a further one such as `school`) says beside the week: Monday to Friday are on, Saturday and Sunday off. A holiday on a
 * weekday is `off`, a weekend day worked instead is `on`. Business days (+08:00) as `2026-10-01`.
 */
export const CalendarYear = Type.Object({
  calendar: Type.String({ pattern: '^[a-z]+(-[a-z0-9]+)*$', maxLength: 64 }),
  year: Type.Integer({ minimum: 1949, maximum: 2200 }),
  off: Type.Array(Day, { maxItems: 366 }),
  on: Type.Array(Day, { maxItems: 366 }),
})
export type CalendarYear = Static<typeof CalendarYear>

/** Names a year of a calendar, e.g. `working-days 2026`. */
export function calendarYearName({ calendar, year }: Pick<CalendarYear, 'calendar' | 'year'>): string {
  return `${calendar} ${year}`
}

/** Why such a year cannot be: a day that is none or of another year, or is both on and off; null when it can. */
export function calendarYearFault({ year, off, on }: CalendarYear): string | null {
  const wrong = [...off, ...on].find((day) => parseDay(day) === null || !day.startsWith(`${year}-`))
  if (wrong !== undefined) return `${wrong} is not a day of ${year}`
  const both = off.find((day) => on.includes(day))
  return both === undefined ? null : `${both} is both on and off`
}

/** Years of calendars by `calendarYearName`. */
export type CalendarYears = Readonly<Record<string, Pick<CalendarYear, 'off' | 'on'>>>

/** When an office is open on a day that is on: hours of the day (+08:00), the last one exclusive. */
export interface OfficeHours {
  readonly from: number
  readonly to: number
}

/** Days looked at for one that is on before a calendar counts as wrong: more than any holiday is long. */
const LONGEST_BREAK_DAYS = 400

/** Whether a business day is on: what its year says of it, else Monday to Friday. */
export function isWorkingDay(years: CalendarYears, day: number, calendar = WORKING_DAYS): boolean {
  const text = formatDay(day)
  const year = years[calendarYearName({ calendar, year: Number(text.slice(0, 4)) })]
  if (year?.off.includes(text)) return false
  if (year?.on.includes(text)) return true
  // Business day 0, 1 January 1970, was a Thursday.
  const weekday = (((day + 3) % 7) + 7) % 7
  return weekday < 5
}

/**
 * The business day that is `count` working days after a day, which itself does not count; 0: that day, or the next one
 * that is on. Throws a RangeError when the calendar has no day that is on for longer than a year.
 */
export function addWorkingDays(years: CalendarYears, day: number, count: number, calendar = WORKING_DAYS): number {
  let at = count === 0 ? day : nextWorkingDay(years, day + 1, calendar)
  for (let left = count; left > 1; left--) at = nextWorkingDay(years, at + 1, calendar)
  return nextWorkingDay(years, at, calendar)
}

/**
 * The instant (epoch milliseconds) that lies so many office hours after another: hours in which the office is closed do not
 * count, and what begins while it is closed begins when it opens.
 *
 *     Friday 16:00, office 9 to 17, 4 hours   ->   1 hour on Friday, 3 on the next working day: 12:00
 */
export function addWorkingHours(
  years: CalendarYears,
  time: number,
  hours: number,
  office: OfficeHours,
  calendar = WORKING_DAYS,
): number {
  let left = hours * HOUR_MS
  let at = time
  for (let day = nextWorkingDay(years, businessDay(time), calendar); ; day = nextWorkingDay(years, day + 1, calendar)) {
    const opens = businessDayStart(day) + office.from * HOUR_MS
    const closes = businessDayStart(day) + office.to * HOUR_MS
    at = Math.max(at, opens)
    if (at + left <= closes) return at + left
    left -= Math.max(0, closes - at)
  }
}

function nextWorkingDay(years: CalendarYears, from: number, calendar: string): number {
  for (let day = from; day < from + LONGEST_BREAK_DAYS; day++) if (isWorkingDay(years, day, calendar)) return day
  throw new RangeError(
    `calendar ${calendar} has no day that is on within ${LONGEST_BREAK_DAYS} days of ${formatDay(from)}`,
  )
}
