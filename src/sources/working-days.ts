import { formatDay } from '../model/time.ts'
import { type IsWorkingDay, isWeekday } from './calendar-port.ts'

/** The days of a year that differ from the week, as `2026-10-01`. */
interface YearOfDays {
  readonly off: readonly string[]
  readonly on: readonly string[]
}

/** Working days by a calendar of holidays and days worked instead; Monday to Friday in a year it says nothing of. */
export function workingDays(yearOf: (year: string) => YearOfDays | undefined): IsWorkingDay {
  return (day) => {
    const date = formatDay(day)
    const year = yearOf(date.slice(0, 4))
    if (year?.off.includes(date)) return false
    return (year?.on.includes(date) ?? false) || isWeekday(day)
  }
}
