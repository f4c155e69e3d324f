import { createRequire } from 'node:module'
import { parseDay } from './time.ts'

/** Days of a year that differ from the week (`2026-10-01`, in order): weekdays off, and weekend days worked instead. */
export interface Notice {
  readonly off: readonly string[]
  readonly on: readonly string[]
}

type Named = Readonly<Record<string, string>>

/** The package's data alone: its functions go by the time zone of the machine. */
const days = createRequire(import.meta.url)('chinese-days/dist/chinese-days.json') as {
  readonly holidays: Named
  readonly workdays: Named
}

/** Business day 0, 1970-01-01, was a Thursday. */
const isWeekend = (date: string) => ((parseDay(date) ?? 0) + 3) % 7 >= 5

/** The notice of the State Council on a year's holidays; null where the package has none. */
export function noticeOf(year: number): Notice | null {
  const ofYear = (named: Named) =>
    Object.keys(named)
      .filter((date) => date.startsWith(`${year}-`))
      .sort()
  const off = ofYear(days.holidays).filter((date) => !isWeekend(date))
  return off.length === 0 ? null : { off, on: ofYear(days.workdays).filter(isWeekend) }
}
