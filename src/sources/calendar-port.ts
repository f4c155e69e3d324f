/** Which business days (numbers of `model/time.ts`) are working days; the same answer until somebody changes the calendar. */
export type IsWorkingDay = (day: number) => boolean
