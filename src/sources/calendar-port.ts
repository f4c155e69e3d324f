/** Which business days (numbers of `model/time.ts`) are working days; the same answer until somebody changes the calendar. */
export type IsWorkingDay = (day: number) => boolean

/** Monday to Friday, whatever is in the calendar of holidays. */
export const isWeekday: IsWorkingDay = (day) => {
  // Day 0, 1970-01-01, was a Thursday.
  const weekday = (((day + 4) % 7) + 7) % 7
  return weekday >= 1 && weekday <= 5
}
