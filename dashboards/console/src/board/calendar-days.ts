import type { CalendarYear } from '../../../../src/model/calendar.ts'
import { formatDay, parseDay } from '../../../../src/model/time.ts'

/** `work` and `rest` follow the week; `off` and `on` are said of the day itself. */
export type DayKind = 'work' | 'rest' | 'off' | 'on'

type Days = Pick<CalendarYear, 'off' | 'on'>

/** A month as it hangs on the wall: weeks begin on Monday, null before the first day. */
export interface Month {
  /** 1 to 12. */
  readonly month: number
  readonly cells: readonly (string | null)[]
}

function weekdayOf(day: string): number {
  // Business day 0, 1 January 1970, was a Thursday.
  return ((((parseDay(day) ?? 0) + 3) % 7) + 7) % 7
}

export function monthsOf(year: number): Month[] {
  return Array.from({ length: 12 }, (_, n) => {
    const first = parseDay(`${year}-${String(n + 1).padStart(2, '0')}-01`) ?? 0
    const next = parseDay(n === 11 ? `${year + 1}-01-01` : `${year}-${String(n + 2).padStart(2, '0')}-01`) ?? 0
    const days = Array.from({ length: next - first }, (_day, index) => formatDay(first + index))
    return { month: n + 1, cells: [...Array<null>(weekdayOf(formatDay(first))).fill(null), ...days] }
  })
}

/** What a day is by the calendar. */
export function dayKind({ off, on }: Days, day: string): DayKind {
  const weekday = weekdayOf(day) < 5
  if (off.includes(day)) return 'off'
  if (on.includes(day)) return 'on'
  return weekday ? 'work' : 'rest'
}

/** The calendar with a day made otherwise than it is; a day that then is as the week says is not named any more. */
export function toggled<T extends Days>(calendar: T, day: string): T {
  const without = (days: readonly string[]) => days.filter((one) => one !== day)
  const plain = { ...calendar, off: without(calendar.off), on: without(calendar.on) }
  switch (dayKind(calendar, day)) {
    case 'work':
      return { ...plain, off: [...plain.off, day].sort() }
    case 'rest':
      return { ...plain, on: [...plain.on, day].sort() }
    case 'off':
    case 'on':
      return plain
  }
}

/** How many days two states of a calendar differ in. */
export function changedDays(before: Days, now: Days): number {
  const days = new Set([...before.off, ...before.on, ...now.off, ...now.on])
  return [...days].filter((day) => dayKind(before, day) !== dayKind(now, day)).length
}

const OF_COUNTY = 'county-'

/** The name under which the calendar of a county is kept. */
export function calendarOfCounty(county: string): string {
  return OF_COUNTY + county
}

/** The county whose calendar it is; null for any other. */
export function countyOfCalendar(calendar: string): string | null {
  return calendar.startsWith(OF_COUNTY) ? calendar.slice(OF_COUNTY.length) : null
}
