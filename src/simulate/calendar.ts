import { noticeOf } from '../model/state-council.ts'
import { DAY_MS, parseDay } from '../model/time.ts'

/** Business day 0, 1970-01-01, was a Thursday. */
const THURSDAY = 3

/** Weekday of a business day, Monday = 0. */
export function weekday(day: number): number {
  return (((day + THURSDAY) % 7) + 7) % 7
}

export function isWeekend(day: number): boolean {
  return weekday(day) >= 5
}

export function dayOf(year: number, month: number, date: number): number {
  return Date.UTC(year, month - 1, date) / DAY_MS
}

export function yearOf(day: number): number {
  return new Date(day * DAY_MS).getUTCFullYear()
}

/** Month (1 to 12) and day of the month of a business day. */
export function dateOf(day: number): { readonly month: number; readonly date: number } {
  const at = new Date(day * DAY_MS)
  return { month: at.getUTCMonth() + 1, date: at.getUTCDate() }
}

/** The lunar New Year by year, from 2010. */
const NEW_YEARS =
  '02-14 02-03 01-23 02-10 01-31 02-19 02-08 01-28 02-16 02-05 01-25 02-12 02-01 01-22 02-10 01-29 02-17 02-06 01-26 02-13 02-03'.split(
    ' ',
  )
const FIRST_NEW_YEAR = 2010
const USUAL_NEW_YEAR = '02-05'

/** The business day of the lunar New Year; 5 February in years beyond the table. */
export function springFestival(year: number): number {
  return parseDay(`${year}-${NEW_YEARS[year - FIRST_NEW_YEAR] ?? USUAL_NEW_YEAR}`) ?? Number.NaN
}

const exceptions = new Map<number, ReadonlySet<number>>()

/** The days of a year on which offices do not keep to the week. */
function exceptionsOf(year: number): ReadonlySet<number> {
  const known = exceptions.get(year)
  if (known !== undefined) return known
  const notice = noticeOf(year)
  const announced = notice && [...notice.off, ...notice.on].map((date) => parseDay(date) as number)
  const found = new Set(announced ?? unannounced(year).filter((day) => !isWeekend(day)))
  exceptions.set(year, found)
  return found
}

/** Days off in a year for which there is no notice: the fixed ones, and New Year's Eve with the week after it. */
function unannounced(year: number): number[] {
  const from = (day: number, count: number) => Array.from({ length: count }, (_, number) => day + number)
  return [
    ...from(dayOf(year, 1, 1), 1),
    ...from(springFestival(year) - 1, 8),
    ...from(dayOf(year, 4, 5), 1),
    ...from(dayOf(year, 5, 1), 1),
    ...from(dayOf(year, 10, 1), 7),
  ]
}

/** Whether offices are open on a business day: weekdays but for holidays, and weekend days worked instead. */
export function isWorkday(day: number): boolean {
  return exceptionsOf(yearOf(day)).has(day) === isWeekend(day)
}

/** The first workday at or after a business day. */
export function workdayFrom(day: number): number {
  let at = day
  while (!isWorkday(at)) at++
  return at
}

/** The last workday at or before a business day. */
export function workdayUpTo(day: number): number {
  let at = day
  while (!isWorkday(at)) at--
  return at
}

/** The weekday whose rhythm a business day follows: a make-up day that of a Monday, a holiday that of a Sunday. */
export function weekdayLike(day: number): number {
  const workday = isWorkday(day)
  if (workday === !isWeekend(day)) return weekday(day)
  return workday ? 0 : 6
}
