import { type Static, Type } from '@sinclair/typebox'

const Day = Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' })

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
