import type { SourceRecord, SourceView } from '../model/source.ts'
import { businessDay, formatDay, formatTime } from '../model/time.ts'
import type { IsWorkingDay } from './calendar-port.ts'
import { dueAround } from './due.ts'
import { type DayCount, emptyTally, KEPT_DAYS, type Tally } from './tally.ts'
import { basisOf, expectedToday } from './usual.ts'

/** Refused events of a source; null when history cannot be asked. */
export interface Refused {
  readonly today: number
  readonly week: number
}

/** A source as it is shown at `now`. */
export function viewOf(
  name: string,
  record: SourceRecord | null,
  counted: Tally | null,
  refused: Refused | null,
  now: number,
  isWorkingDay: IsWorkingDay,
): SourceView {
  const tally = counted ?? emptyTally(name, now)
  const today = businessDay(now)
  const week = tally.days.filter(({ day }) => day > today - 7)
  const ofToday = week.find(({ day }) => day === today)
  const sum = (of: (day: DayCount) => number) => week.reduce((total, day) => total + of(day), 0)
  const expected = record?.expected ?? null
  return {
    name,
    registered: record !== null,
    registration: record,
    received: {
      lastAt: timeOf(tally.lastReceivedAt),
      lastEventTime: timeOf(tally.lastEventTime),
      lastTestAt: timeOf(tally.lastTestAt),
      today: ofToday?.count ?? 0,
      week: sum(({ count }) => count),
      backfillToday: ofToday?.backfill ?? 0,
      duplicatesToday: ofToday?.duplicates ?? 0,
      duplicatesWeek: sum(({ duplicates }) => duplicates),
      refusedToday: refused?.today ?? null,
      refusedWeek: refused?.week ?? null,
      days: daysOf(tally, today),
    },
    expected: {
      basis: basisOf(tally, expected, isWorkingDay(today)),
      ...rounded(expectedToday(tally, expected, now, isWorkingDay)),
    },
    silence: {
      verdict: record === null ? 'unknown' : tally.verdict,
      since: record === null ? null : timeOf(tally.since),
      seconds: tally.lastReceivedAt === null ? null : Math.max(0, Math.floor((now - tally.lastReceivedAt) / 1_000)),
      missed: Math.round(tally.missed * 10) / 10,
      due: dueOf(record, tally, now, isWorkingDay),
    },
    complete: record?.complete ?? null,
    content: {
      day: tally.checked === null ? null : formatDay(tally.checked.day),
      faults: tally.checked?.faults ?? [],
    },
  }
}

/** Today and the days before, back to the first that is counted: a day of which there is no count is one of no events. */
function daysOf({ days }: Tally, today: number): SourceView['received']['days'] {
  const shown = days.filter(({ day }) => day > today - KEPT_DAYS)
  const first = shown.at(-1)?.day ?? today + 1
  return Array.from({ length: Math.max(0, today - first + 1) }, (_, n) => {
    const count = shown.find(({ day }) => day === today - n)?.count ?? 0
    return { day: formatDay(today - n), count }
  })
}

function dueOf(record: SourceRecord | null, tally: Tally, now: number, isWorkingDay: IsWorkingDay): string | null {
  if (record?.cadence.kind !== 'batch') return null
  const { complete, createdAt, cadence } = record
  const terms = { complete, registeredAt: Date.parse(createdAt) }
  return formatTime(dueAround(cadence.dueDays, terms, tally.lastReceivedAt, now, isWorkingDay).due)
}

function rounded({ today, byNow }: { today: number | null; byNow: number | null }) {
  const round = (value: number | null) => (value === null ? null : Math.round(value * 10) / 10)
  return { today: round(today), byNow: round(byNow) }
}

function timeOf(epochMs: number | null): string | null {
  return epochMs === null ? null : formatTime(epochMs)
}
