import { DAY_MS } from '../model/time.ts'

/**
 * Working days by the State Council's notices: holidays `MM-DD/MM-DD` (both inclusive) and weekend days worked instead.
 * Other years keep the fixed dates and eight days of Spring Festival, without make-up days.
 */
const NOTICES: Readonly<Record<number, { readonly off: string; readonly on: string }>> = {
  2023: {
    off: '01-01/01-02 01-21/01-27 04-05/04-05 04-29/05-03 06-22/06-24 09-29/10-06 12-30/12-31',
    on: '01-28 01-29 04-23 05-06 06-25 10-07 10-08',
  },
  2024: {
    off: '01-01/01-01 02-10/02-17 04-04/04-06 05-01/05-05 06-08/06-10 09-15/09-17 10-01/10-07',
    on: '02-04 02-18 04-07 04-28 05-11 09-14 09-29 10-12',
  },
  2025: {
    off: '01-01/01-01 01-28/02-04 04-04/04-06 05-01/05-05 05-31/06-02 10-01/10-08',
    on: '01-26 02-08 04-27 09-28 10-11',
  },
  2026: {
    off: '01-01/01-03 02-15/02-23 04-04/04-06 05-01/05-05 06-19/06-21 09-25/09-27 10-01/10-07',
    on: '01-04 02-14 02-28 05-09 09-20 10-10',
  },
}
const FIXED_OFF = '01-01/01-01 04-05/04-05 05-01/05-05 10-01/10-07'
/** Days off from New Year's Eve on, where no notice says it better. */
const SPRING_FESTIVAL_DAYS = 8

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
  return dayInYear(year, NEW_YEARS[year - FIRST_NEW_YEAR] ?? USUAL_NEW_YEAR)
}

/** @param text `MM-DD` */
function dayInYear(year: number, text: string): number {
  return dayOf(year, Number(text.slice(0, 2)), Number(text.slice(3, 5)))
}

interface Year {
  readonly off: ReadonlySet<number>
  readonly on: ReadonlySet<number>
}
const years = new Map<number, Year>()

function yearTable(year: number): Year {
  const known = years.get(year)
  if (known !== undefined) return known
  const day = (text: string) => dayInYear(year, text)
  const notice = NOTICES[year]
  const off = new Set<number>()
  for (const range of (notice?.off ?? FIXED_OFF).split(' ')) {
    for (let at = day(range.slice(0, 5)); at <= day(range.slice(6)); at++) off.add(at)
  }
  if (notice === undefined) {
    for (let n = 0; n < SPRING_FESTIVAL_DAYS; n++) off.add(springFestival(year) - 1 + n)
  }
  const table = { off, on: new Set((notice?.on ?? '').split(' ').filter(Boolean).map(day)) }
  years.set(year, table)
  return table
}

/** Whether offices are open on a business day: weekdays but for holidays, and weekend days worked instead. */
export function isWorkday(day: number): boolean {
  const { off, on } = yearTable(yearOf(day))
  return on.has(day) || (!isWeekend(day) && !off.has(day))
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
