import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { View } from '../../src/detect/contract.ts'
import { partitionOf } from '../../src/detect/statistics/hash.ts'
import { businessDay, businessDayStart, DAY_MS, HOUR_MS, hourBin } from '../../src/model/time.ts'
import { countingDetector } from './counting-detector.ts'
import { shardOf, TestLog, time } from './log.ts'
import { type NaiveJudgement, NaiveWindows } from './naive-windows.ts'

const START = time('2026-03-01T00:00')
const KEY = '91140105MA0K2914XG'

const PARTITION = partitionOf('enterprise', KEY)

/** Days after START, and what is special about the event; log time stands still or jumps by days. */
const arrivals = fc.array(
  fc.record({
    minute: fc.integer({ min: 0, max: 60 * 24 * 60 }),
    member: fc.option(fc.constantFrom('a', 'b', 'c', 'd'), { nil: undefined }),
    backfill: fc.boolean(),
    logDays: fc.constantFrom(0, 0, 0, 0, 1, 5, 20),
  }),
  { minLength: 1, maxLength: 60 },
)

/** Some days of a key: how many, how many events a day, from how many members, and what is special about each. */
const stretch = fc.record({
  days: fc.constantFrom(3, 15, 28),
  eventsADay: fc.constantFrom(0, 1, 8, 25),
  members: fc.constantFrom(1, 20, 400),
  details: fc.array(
    fc.record({ minute: fc.nat(24 * 60 - 1), lateDays: fc.constantFrom(0, 0, 0, 0, 1, 3, 8), member: fc.nat(400) }),
    { minLength: 5, maxLength: 40, size: 'max' },
  ),
  backfill: fc.constantFrom(false, false, true),
})

function lifeOf(stretches: readonly Parameters<Parameters<typeof stretch.map>[0]>[0][]): Given {
  const life: Given = []
  let day = 10
  for (const { days, eventsADay, members, details, backfill } of stretches)
    for (const last = day + days; day < last; day++)
      for (let n = 0; n < eventsADay; n++) {
        const drawn = details[life.length % details.length]
        if (!drawn) throw new Error('a stretch has details')
        const minute = (day - drawn.lateDays) * 24 * 60 + drawn.minute
        life.push({ minute, member: `${(drawn.member + life.length) % members}`, backfill, logDays: n === 0 ? 1 : 0 })
      }
  return life
}

type Given = { minute: number; member: string | undefined; backfill: boolean; logDays: number }[]

/** One key's life against the naive model; at each of `cuts` the state goes through a snapshot. */
function expectNaive(given: Given, lateness: number, cuts: readonly number[] = []): void {
  const judged: NaiveJudgement[] = []
  const detector = countingDetector({
    windows: { recent: { days: 7, distinct: true }, base: { days: 14, before: 7 } },
    lateness,
    onJudged: (view) => judged.push(numbersOf(view)),
  })
  let shard = shardOf([detector], [PARTITION])
  let storedOnly = 0
  const naive = new NaiveWindows(lateness, 21)
  const log = new TestLog()
  let receivedAt = START
  for (const [n, { minute, member, backfill, logDays }] of given.entries()) {
    if (cuts.includes(n)) {
      storedOnly += shard.state()[0]?.storedOnly ?? 0
      const { bytes } = shard.snapshot(PARTITION)
      shard = shardOf([detector], [PARTITION])
      expect(shard.restore(PARTITION, bytes).refused).toEqual([])
    }
    receivedAt += logDays * DAY_MS
    const at = START + minute * 60_000
    const data = member === undefined ? {} : { member }
    log.rows({ type: 'complaint.filed', subject: KEY, at, receivedAt, backfill, data })
    judged.length = 0
    shard.apply(log.messages[n] as (typeof log.messages)[number])
    const expected = naive.take({ at, receivedAt, member: member ?? `own ${n}`, backfill })
    // A key that backfill touched is judged without the event first; the judgements proper come last.
    expect(expected.length === 0 ? [] : judged.slice(-expected.length)).toEqual(expected)
  }
  expect(storedOnly + (shard.state()[0]?.storedOnly ?? 0)).toBe(naive.storedOnly)
}

describe('windows of days', () => {
  it('are those of the naive model, late, duplicate, backfill, too late and purged ones included', () => {
    fc.assert(
      fc.property(arrivals, fc.integer({ min: 0, max: 5 }), (given, lateness) => expectNaive(given, lateness)),
      {
        numRuns: 400,
      },
    )
  })

  it('are so for a key that becomes dense and sparse again, in whatever form a snapshot meets it', () => {
    fc.assert(
      fc.property(
        fc.array(stretch, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 0, max: 5 }),
        fc.array(fc.nat(1_000), { maxLength: 4 }),
        (stretches, lateness, cuts) => expectNaive(lifeOf(stretches), lateness, cuts),
      ),
      { numRuns: 40 },
    )
  })

  /** The picture in src/detect/ends.ts, number by number. */
  it.each([
    {
      late: 18,
      judged: [
        [18, 3],
        [20, 4],
      ],
      storedOnly: 0,
    },
    { late: 16, judged: [[20, 4]], storedOnly: 0 },
    { late: 11, judged: [], storedOnly: 0 },
    { late: 10, judged: [], storedOnly: 1 },
  ])('take the late complaint of day $late where it belongs', ({ late, judged, storedOnly }) => {
    const seen: unknown[] = []
    const detector = countingDetector({
      windows: { recent: { days: 7, distinct: true } },
      lateness: 3,
      onJudged: ({ windows: { recent } }) => seen.push([dayOfMarch(recent?.to), recent?.members]),
    })
    const shard = shardOf([detector])
    const log = new TestLog()
    for (const day of [11, 13, 16, 20, 20, late]) log.rows(complaintOn(day))
    for (const message of log.messages) {
      seen.length = 0
      shard.apply(message)
    }
    expect(seen).toEqual(judged)
    expect(shard.state()[0]?.storedOnly).toBe(storedOnly)
  })
})

describe('windows of hours', () => {
  it('end with the hour of the event, beside whole business days', () => {
    const seen: unknown[] = []
    const detector = countingDetector({
      windows: { hours: { hours: 3, distinct: true }, days: { days: 3 } },
      lateness: 1,
      onJudged: ({ windows: { hours, days } }) => seen.push([hours?.events, days?.events, days?.from, days?.to]),
    })
    const shard = shardOf([detector])
    const log = new TestLog()
    const told = ['2026-03-01T23:10', '2026-03-03T00:05', '2026-03-03T01:59', '2026-03-03T02:00', '2026-03-03T03:00']
    for (const at of told) log.rows({ type: 'complaint.filed', subject: KEY, at: time(at) })
    for (const message of log.messages) shard.apply(message)
    const from = businessDayStart(businessDay(time('2026-03-01')))
    const to = from + 3 * DAY_MS
    expect(seen.slice(1)).toEqual([
      [1, 2, from, to],
      [2, 3, from, to],
      [3, 4, from, to],
      [3, 5, from, to],
    ])
    expect(hourBin(from) * HOUR_MS).toBe(from)
  })
})

function complaintOn(day: number) {
  const at = time(`2026-03-${String(day).padStart(2, '0')}`)
  return { type: 'complaint.filed', subject: KEY, at, receivedAt: time('2026-03-21') }
}

/** The day of March 2026 that a window ends with. */
function dayOfMarch(to = 0): number {
  return (to - START) / DAY_MS
}

function numbersOf({ windows: { recent, base } }: View): NaiveJudgement {
  return {
    end: businessDay((recent?.to ?? 0) - 1),
    recent: recent?.events ?? 0,
    members: recent?.members ?? 0,
    base: base?.events ?? 0,
  }
}
