import { businessDay, businessDayStart, DAY_MS, formatDay, HOUR_MS } from '../model/time.ts'
import { isWorkday } from './calendar.ts'
import type { CloudEvent, Told } from './cloud-event.ts'

/** How many events were told: by type, by minute of telling, by day. */
export interface YearBook {
  readonly from: number
  readonly to: number
  readonly byType: ReadonlyMap<string, number>
  /** By business day since the first: all, and those of yearly and monthly batches. */
  readonly days: readonly { readonly day: number; readonly all: number; readonly batches: number }[]
  /** By hour since `from`. */
  readonly hours: readonly number[]
  /** Most events told within one minute and one second: of ordinary days, and of June. */
  readonly bursts: { readonly ordinary: Burst; readonly june: Burst }
  readonly events: number
}

interface Burst {
  minute: number
  second: number
}

const YEARLY = new Set(['annual-report.filed', 'abnormal-list.entered', 'abnormal-list.left'])

/** Whether an event belongs to what everybody sends once a year or a month: reports, July's list, resent tables. */
function ofBatch({ type, data }: CloudEvent): boolean {
  return YEARLY.has(type) || (type === 'licence.granted' && String(data.number).startsWith('JY'))
}

/** Counts what is told in [from, to). @param to whole days after `from`, both at the start of a business day */
export function keepBook(told: Iterable<Told>, from: number, to: number): YearBook {
  const first = businessDay(from)
  const days = Array.from({ length: Math.round((to - from) / DAY_MS) }, (_, number) => ({
    day: first + number,
    all: 0,
    batches: 0,
  }))
  const hours = Array.from({ length: days.length * 24 }, () => 0)
  const byType = new Map<string, number>()
  const bursts = { ordinary: { minute: 0, second: 0 }, june: { minute: 0, second: 0 } }
  const minute = { at: 0, count: 0 }
  const second = { at: 0, count: 0 }
  let events = 0
  for (const { at, event } of told) {
    if (at >= to) break
    events++
    byType.set(event.type, (byType.get(event.type) ?? 0) + 1)
    const day = days[Math.floor((at - from) / DAY_MS)]
    if (day !== undefined) {
      day.all++
      if (ofBatch(event)) day.batches++
    }
    const hour = Math.floor((at - from) / HOUR_MS)
    hours[hour] = (hours[hour] ?? 0) + 1
    const month = Number(formatDayOf(at).slice(5, 7))
    const burst = month === 6 ? bursts.june : bursts.ordinary
    burst.minute = Math.max(burst.minute, tick(minute, Math.floor(at / 60_000)))
    burst.second = Math.max(burst.second, tick(second, Math.floor(at / 1_000)))
  }
  return { from, to, byType, days, hours, bursts, events }
}

function tick(counter: { at: number; count: number }, at: number): number {
  if (counter.at !== at) [counter.at, counter.count] = [at, 0]
  return ++counter.count
}

let known = { day: Number.NaN, text: '' }
function formatDayOf(at: number): string {
  const day = businessDay(at)
  if (day !== known.day) known = { day, text: formatDay(day) }
  return known.text
}

/** A row of the table: what was counted, and what the field says (DOMAIN section 7). */
export interface Figure {
  readonly name: string
  readonly counted: number
  readonly field: string
}

/** @param scale how many times the province counted the whole one is */
export function figuresOf(book: YearBook, scale: number): Figure[] {
  const work = book.days.filter(({ day }) => isWorkday(day))
  const mean = (numbers: readonly number[]) =>
    numbers.reduce((sum, each) => sum + each, 0) / Math.max(1, numbers.length)
  const ordinary = work.filter(({ day, all, batches }) => !/-0[67]-/.test(formatDay(day)) && batches < all / 2)
  const june = work.filter(({ day }) => /-06-/.test(formatDay(day)))
  const routine = mean(ordinary.map(({ all, batches }) => all - batches))
  const peak = mean(ordinary.map(({ day }) => Math.max(...hoursOf(book, day))))
  const rush = june.map(({ all }) => all)
  return [
    { name: 'routine events a working day', counted: routine * scale, field: 'about 14,000' },
    { name: 'events a second in the peak hour', counted: (peak * scale) / 3_600, field: '2.5' },
    { name: 'events a second in the busiest minute', counted: book.bursts.ordinary.minute / 60, field: '' },
    { name: 'events a working day in June, least', counted: Math.min(...rush) * scale, field: '80,000' },
    { name: 'events a working day in June, mean', counted: mean(rush) * scale, field: '' },
    { name: 'events a working day in June, most', counted: Math.max(...rush) * scale, field: '150,000' },
    { name: 'most events in a second of June', counted: book.bursts.june.second, field: 'bursts 50' },
  ]
}

/** The 24 hours of a business day. */
export function hoursOf(book: YearBook, day: number): number[] {
  const first = Math.floor((businessDayStart(day) - book.from) / HOUR_MS)
  return book.hours.slice(first, first + 24)
}
