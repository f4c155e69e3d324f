import { businessDay, businessDayStart, DAY_MS, HOUR_MS } from '../model/time.ts'
import { weekday, weekdayLike, workdayFrom } from './calendar.ts'
import type { Random } from './random.ts'
import type { Season } from './seasons.ts'

/** 168 weights, one an hour of the week from Monday 00:00 (+08:00), with mean 1. */
export type Rhythm = readonly number[]

const WEEK_HOURS = 168
const WEEK_MS = 7 * DAY_MS

function week(days: readonly number[], hours: readonly number[]): Rhythm {
  const weights = days.flatMap((day) => hours.map((hour) => day * hour))
  const mean = weights.reduce((sum, weight) => sum + weight, 0) / WEEK_HOURS
  return weights.map((weight) => weight / mean)
}

//                   0  1  2  3  4  5  6  7  8   9  10  11 12 13  14  15  16  17 18 19 20 21 22 23
const OFFICE_HOURS = [0, 0, 0, 0, 0, 0, 0, 1, 8, 20, 22, 15, 3, 4, 14, 20, 20, 12, 2, 1, 0, 0, 0, 0]
const EVENING_HOURS = [3, 1, 1, 1, 1, 1, 2, 4, 6, 9, 10, 9, 9, 8, 8, 8, 8, 9, 12, 16, 18, 17, 12, 7]
const NIGHT_HOURS = [20, 30, 30, 26, 20, 12, 4, 2, 4, 6, 6, 5, 4, 4, 5, 6, 6, 5, 3, 2, 2, 3, 6, 12]
const FILING_HOURS = [1, 0, 0, 0, 0, 0, 0, 2, 8, 18, 20, 16, 8, 7, 14, 18, 18, 12, 6, 5, 5, 4, 3, 2]
const EVEN_HOURS = OFFICE_HOURS.map(() => 1)

/** When which kind of thing happens. */
export const RHYTHMS = {
  /** Counters of the registry, inspectors: workdays from nine to half past five. */
  office: week([1, 1.05, 1, 1, 0.9, 0.04, 0.02], OFFICE_HOURS),
  /** Consumers at home: evenings, and more at the weekend. */
  evening: week([1, 0.95, 0.95, 1, 1.05, 1.3, 1.35], EVENING_HOURS),
  /** Interfaces that deliver what the day has brought: mostly at night, every day. */
  night: week([1, 1, 1, 1, 1, 0.8, 0.7], NIGHT_HOURS),
  /** The same by the day whatever the weekday: a season says how much of it falls on which. */
  filing: week([1, 1, 1, 1, 1, 1, 1], FILING_HOURS),
  nightly: week([1, 1, 1, 1, 1, 1, 1], NIGHT_HOURS),
  /** Without day or night. */
  even: week([1, 1, 1, 1, 1, 1, 1], EVEN_HOURS),
} as const satisfies Record<string, Rhythm>

/**
 * Arrival times of a Poisson process whose intensity follows the rhythm, endless and in order: steps of an exponential
 * clock that runs faster in the hours of greater weight. Holidays go like Sundays, make-up days like Mondays.
 *
 * @param perDay mean number a day over a whole ordinary week; 0 or less: none
 * @param from first possible instant, epoch milliseconds
 */
export function* arrivals(
  random: Random,
  rhythm: Rhythm,
  perDay: number,
  from: number,
  season: Season = () => 1,
): Generator<number> {
  if (!(perDay > 0)) return
  const perMs = perDay / DAY_MS
  let at = from
  for (;;) {
    let wait = random.exponential()
    for (;;) {
      const hourEnd = (Math.floor(at / HOUR_MS) + 1) * HOUR_MS
      const intensity = perMs * weightAt(rhythm, at, season)
      const capacity = intensity * (hourEnd - at)
      if (wait <= capacity) {
        at += wait / intensity
        break
      }
      wait -= capacity
      at = hourEnd
    }
    yield Math.floor(at)
  }
}

function weightAt(rhythm: Rhythm, epochMs: number, season: Season): number {
  const day = businessDay(epochMs)
  const hour = Math.floor((epochMs - businessDayStart(day)) / HOUR_MS)
  return (rhythm[weekdayLike(day) * 24 + hour] ?? 0) * season(day)
}

/** First instant of the week (Monday 00:00, +08:00) that holds the instant. */
export function weekStart(epochMs: number): number {
  const day = businessDay(epochMs)
  return businessDayStart(day - weekday(day))
}

/**
 * The instant at which a share of the week's work is done: monotone, so that a growing share gives times in order.
 *
 * @param weeks whole weeks since `origin` and the share of the present one done, e.g. 3.5
 */
export function afterWeeks(rhythm: Rhythm, origin: number, weeks: number): number {
  const whole = Math.floor(weeks)
  let left = (weeks - whole) * WEEK_HOURS
  let hour = 0
  while (hour < WEEK_HOURS - 1 && left > (rhythm[hour] ?? 0)) left -= rhythm[hour++] ?? 0
  const share = Math.min(1, left / Math.max(rhythm[hour] ?? 0, 1e-9))
  return Math.floor(origin + whole * WEEK_MS + Math.min((hour + share) * HOUR_MS, WEEK_MS - 1))
}

/** An instant of the same business day between two hours (the end exclusive). */
export function withinHours(random: Random, day: number, fromHour: number, toHour: number): number {
  return Math.floor(businessDayStart(day) + (fromHour + random.next() * (toHour - fromHour)) * HOUR_MS)
}

/** An instant in office hours, `days` days later or on the workday after; `days` is at least 1, so never earlier. */
export function officeTimeAfter(random: Random, epochMs: number, days: number): number {
  return withinHours(random, workdayFrom(businessDay(epochMs) + days), 9, 17)
}
