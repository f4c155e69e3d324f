import chineseDays from 'chinese-days'
import { type CalendarYear, isWorkingDay, WORKING_DAYS } from './model/calendar.ts'
import { formatDay, parseDay } from './model/time.ts'

/** Who says so in the log: a year that an administrator has set is never replaced by it. */
export const STATE_COUNCIL = 'chinese-days'

/** Years of which the package is asked; of one that the State Council has not announced yet it knows nothing. */
const YEARS = Array.from({ length: 17 }, (_, n) => 2024 + n)

/** Holidays and make-up workdays of every year that the package knows. */
export function stateCouncilYears(): CalendarYear[] {
  return YEARS.map(yearOf).filter(({ off }) => off.length > 0)
}

function yearOf(year: number): CalendarYear {
  const [first, after] = [parseDay(`${year}-01-01`), parseDay(`${year + 1}-01-01`)]
  const off: string[] = []
  const on: string[] = []
  for (let day = first ?? 0; day < (after ?? 0); day++) {
    const text = formatDay(day)
    const works = chineseDays.isWorkday(text)
    if (works === isWorkingDay({}, day)) continue
    if (works) on.push(text)
    else off.push(text)
  }
  return { calendar: WORKING_DAYS, year, off, on }
}
