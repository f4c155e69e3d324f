import { businessDay, DAY_MS } from '../../model/time.ts'
import type { Random } from '../random.ts'
import { isWeekend, withinHours } from '../rhythm.ts'
import type { PlannedIncident } from './plan.ts'

/** Hours of the day in which its events happen where there is time to wait for them: [from, to). */
export interface Hours {
  readonly from: number
  readonly to: number
  readonly workdaysOnly: boolean
}

/** When the events of an incident happen, in order, and when harm peaks. Epoch milliseconds. */
export interface Course {
  readonly times: readonly number[]
  readonly peak: number
}

/** Share of the burst that has passed when it is at its worst. */
const PEAK = 0.6
const BEFORE_DAYS = 3

/**
 *     quiet days before          burst: grows, peaks at 60 %, dies away
 *     ·      ·       ·          ·  · · ···|·· ·
 *     └──── 3 days ────┘        └─────── lasts ──────┘
 *                               at
 *
 * A burst of seconds or minutes is what a demo can wait for; one of days keeps to the hours of its kind.
 *
 * @param now meeting with the wall clock @param start nothing is earlier
 */
export function courseOf(plan: PlannedIncident, hours: Hours, random: Random, start: number, now: number): Course {
  const burst = Math.max(start, now + plan.at * 1_000)
  const lasts = plan.lasts * 1_000
  const before = Math.min(plan.before ?? 0, plan.size)
  const count = plan.size - before
  const times: number[] = []
  for (let number = 0; number < before; number++) times.push(quietly(random, hours, start, burst))
  for (let number = 0; number < count; number++) {
    const time = burst + lasts * quantile((number + 0.25 + 0.5 * random.next()) / count)
    times.push(lasts < DAY_MS ? Math.floor(time) : Math.max(start, intoHours(random, hours, time)))
  }
  times.sort((a, b) => a - b)
  const peak = Math.floor(burst + PEAK * lasts)
  return { times, peak: Math.min(Math.max(peak, times[0] ?? peak), times.at(-1) ?? peak) }
}

/** Quantile of the triangular distribution on [0, 1] with its mode at the peak. */
function quantile(share: number): number {
  return share < PEAK ? Math.sqrt(share * PEAK) : 1 - Math.sqrt((1 - share) * (1 - PEAK))
}

function quietly(random: Random, hours: Hours, start: number, burst: number): number {
  const time = intoHours(random, hours, burst - random.between(1, BEFORE_DAYS) * DAY_MS)
  if (time >= start && time < burst) return time
  return Math.floor(start + random.next() * (burst - start))
}

/** Another instant of the same business day; of the Friday before a weekend if the kind knows no weekends. */
function intoHours(random: Random, { from, to, workdaysOnly }: Hours, time: number): number {
  let day = businessDay(time)
  if (workdaysOnly) while (isWeekend(day)) day--
  return withinHours(random, day, from, to)
}
