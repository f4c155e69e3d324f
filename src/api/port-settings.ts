import type { AllowListEntry } from '../model/allow-list.ts'
import type { CalendarYear } from '../model/calendar.ts'
import type { Position } from '../model/position.ts'

/** The allow-list in force; version 0: nobody has set one. */
export interface AllowList {
  readonly version: number
  readonly entries: readonly AllowListEntry[]
  readonly by: string
}

/** A year of a calendar in force. */
export type CalendarInForce = CalendarYear & { readonly version: number; readonly by: string }

/**
 * What administrators set for the whole service. A change stands in the log when it resolves, holds from the position
 * answered, and names the version that it replaces: of two editors the slower one throws YujingError `revision.stale`.
 * Both changes also throw `request.invalid` and `log.unavailable`.
 */
export interface Settings {
  allowList(): AllowList
  /** @param after version that is replaced; the entries are the whole list from then on */
  setAllowList(
    entries: readonly AllowListEntry[],
    after: number,
    by: string,
  ): Promise<AllowList & { readonly position: Position }>
  calendars(): readonly CalendarInForce[]
  /** @param after version of that year of the calendar that is replaced, 0 for none */
  setCalendar(year: CalendarYear, after: number, by: string): Promise<CalendarInForce & { readonly position: Position }>
}
