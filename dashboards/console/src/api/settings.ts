import type { CalendarYear } from '../../../../src/model/calendar.ts'
import type { KeyKind } from '../../../../src/model/event.ts'
import type { Bilingual } from '../../../../src/model/level.ts'
import type { AllowEntry } from '../board/allow-form.ts'
import type { Http } from './http.ts'

/** The list in force; version 0: nobody has set one. */
export interface AllowList {
  readonly version: number
  readonly by: string
  readonly entries: readonly AllowEntry[]
}

/** A year of a calendar in force. */
export type CalendarInForce = CalendarYear & { readonly version: number; readonly by: string }

/** A detector as far as the page names it. */
export interface DetectorName {
  readonly id: string
  readonly code: string
  readonly title: Bilingual
  readonly keyKind: KeyKind
}

export async function getAllowList(http: Http): Promise<AllowList> {
  return (await http.request('/v1/allow-lists')) as AllowList
}

/** Sets the whole list; `revision.stale` (412) when it is not the one of version `after` any more. */
export async function putAllowList(http: Http, entries: readonly AllowEntry[], after: number): Promise<AllowList> {
  return (await http.request('/v1/allow-lists', { method: 'PUT', body: { entries, after } })) as AllowList
}

export async function listCalendars(http: Http): Promise<readonly CalendarInForce[]> {
  return ((await http.request('/v1/calendars')) as { items: readonly CalendarInForce[] }).items
}

/** Sets one year of a calendar; `revision.stale` (412) when it is not the one of version `after` any more. */
export async function putCalendar(http: Http, year: CalendarYear, after: number): Promise<CalendarInForce> {
  return (await http.request('/v1/calendars', { method: 'PUT', body: { ...year, after } })) as CalendarInForce
}

export async function listDetectors(http: Http): Promise<readonly DetectorName[]> {
  return ((await http.request('/v1/detectors')) as { items: readonly DetectorName[] }).items
}
