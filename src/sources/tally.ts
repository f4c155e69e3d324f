import { type Static, Type } from '@sinclair/typebox'
import { LEVELS } from '../model/level.ts'
import { Nullable, Words } from '../model/schema.ts'
import { ContentFault, SILENCE_VERDICTS } from '../model/source.ts'
import { businessDay, HOUR_MS } from '../model/time.ts'

const Moment = Nullable(Type.Number({ description: 'Epoch milliseconds' }))

const DayCount = Type.Object({
  day: Type.Integer({ description: 'Number of the business day' }),
  count: Type.Integer(),
  backfill: Type.Integer(),
  duplicates: Type.Integer(),
  noSubject: Type.Integer(),
  noIndustry: Type.Integer(),
  counties: Type.Record(Type.String(), Type.Integer()),
})
export type DayCount = Static<typeof DayCount>

const UsualDay = Type.Object({
  days: Type.Integer({ description: 'Days it was learned from' }),
  count: Type.Number(),
  noSubject: Type.Number({ description: 'Share, 0..1' }),
  noIndustry: Type.Number(),
  duplicates: Type.Number(),
  counties: Type.Record(Type.String(), Type.Number()),
})
export type UsualDay = Static<typeof UsualDay>

/** Place of a slot: hour of the day in +08:00, and 24 more on a day off. */
const Slots = Type.Array(Nullable(Type.Number()), { minItems: 48, maxItems: 48 })

/** What the desk was told of a source (DQ-01). */
const ToldFault = Type.Object({
  reason: Words(['silent', 'content'] as const),
  level: Words(LEVELS),
  since: Type.Number({ description: 'Epoch milliseconds' }),
  anchor: Type.String({ description: 'Of the alert, for as long as it lasts' }),
})
export type ToldFault = Static<typeof ToldFault>

/** What has come from one source, and what is usual for it. Kept by the lead, shown by every replica. */
export const Tally = Type.Object({
  name: Type.String(),
  lastReceivedAt: Moment,
  lastEventTime: Moment,
  lastTestAt: Moment,
  days: Type.Array(DayCount, {
    description: 'Today and at most seven days before, newest first; days of none are left out',
  }),
  hour: Type.Object({
    bin: Type.Integer({ description: 'Hours since the epoch' }),
    count: Type.Integer(),
    signs: Type.Integer({ description: 'Minutes in which something came' }),
    lastMinute: Type.Integer(),
    heardMs: Type.Number({ description: 'How long of it was listened to' }),
  }),
  usualCount: Slots,
  usualSigns: Slots,
  usualDay: Type.Object({ working: UsualDay, off: UsualDay }),
  judgedAt: Moment,
  missed: Type.Number(),
  quietMs: Type.Number(),
  verdict: Words(SILENCE_VERDICTS),
  since: Moment,
  checked: Nullable(Type.Object({ day: Type.Integer(), faults: Type.Array(ContentFault) })),
  told: Type.Optional(Nullable(ToldFault)),
})
export type Tally = Static<typeof Tally>

const noUsualDay = (): UsualDay => ({ days: 0, count: 0, noSubject: 0, noIndustry: 0, duplicates: 0, counties: {} })

/** Of a source that has never sent. */
export function emptyTally(name: string, now: number): Tally {
  return {
    name,
    lastReceivedAt: null,
    lastEventTime: null,
    lastTestAt: null,
    days: [],
    hour: { bin: Math.floor(now / HOUR_MS), count: 0, signs: 0, lastMinute: -1, heardMs: 0 },
    usualCount: Array<null>(48).fill(null),
    usualSigns: Array<null>(48).fill(null),
    usualDay: { working: noUsualDay(), off: noUsualDay() },
    judgedAt: null,
    missed: 0,
    quietMs: 0,
    verdict: 'unknown',
    since: null,
    checked: null,
  }
}

/** Days that are kept and shown: today and the week before. */
export const KEPT_DAYS = 8

/** The count of the business day of an instant, begun when it is the first of its day. */
export function dayOf(tally: Tally, now: number): DayCount {
  const day = businessDay(now)
  const [newest] = tally.days
  if (newest !== undefined && newest.day >= day) return newest
  const fresh = { day, count: 0, backfill: 0, duplicates: 0, noSubject: 0, noIndustry: 0, counties: {} }
  tally.days = [fresh, ...tally.days].filter((one) => one.day > day - KEPT_DAYS)
  return fresh
}

/** Takes what was counted under another name into this one: the prefix under which it sends was registered. */
export function addTally(into: Tally, from: Tally): void {
  const latest = (a: number | null, b: number | null) => (a === null || b === null ? (a ?? b) : Math.max(a, b))
  into.lastReceivedAt = latest(into.lastReceivedAt, from.lastReceivedAt)
  into.lastEventTime = latest(into.lastEventTime, from.lastEventTime)
  into.lastTestAt = latest(into.lastTestAt, from.lastTestAt)
  for (const day of from.days) {
    const same = into.days.find((one) => one.day === day.day)
    if (same === undefined) {
      into.days.push(day)
      continue
    }
    same.count += day.count
    same.backfill += day.backfill
    same.duplicates += day.duplicates
    same.noSubject += day.noSubject
    same.noIndustry += day.noIndustry
    for (const [county, count] of Object.entries(day.counties))
      same.counties[county] = (same.counties[county] ?? 0) + count
  }
  into.days.sort((a, b) => b.day - a.day)
}
