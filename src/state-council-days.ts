import { type CalendarYear, WORKING_DAYS } from './model/calendar.ts'
import { noticeOf } from './model/state-council.ts'

/** Who says so in the log: a year that an administrator has set is never replaced by it. */
export const STATE_COUNCIL = 'chinese-days'

/** Years of which there may be a notice; of one that the State Council has not announced yet there is none. */
const YEARS = Array.from({ length: 17 }, (_, n) => 2024 + n)

/** Holidays and make-up workdays of every year that is known. */
export function stateCouncilYears(): CalendarYear[] {
  return YEARS.flatMap((year) => {
    const notice = noticeOf(year)
    return notice === null ? [] : [{ calendar: WORKING_DAYS, year, off: [...notice.off], on: [...notice.on] }]
  })
}
