import { businessDay, DAY_MS } from '../../model/time.ts'
import { workdayUpTo } from '../calendar.ts'
import type { Random } from '../random.ts'
import { withinHours } from '../rhythm.ts'

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

/** What a course is made of: as in a plan, with the kind's usual figures filled in. */
export interface Timing {
  /** First instant of the burst, epoch milliseconds. */
  readonly burst: number
  /** Seconds that it lasts. */
  readonly lasts: number
  readonly size: number
  /** Of the events, those of the quiet days before. */
  readonly before: number
}

/**
 *     quiet days before          burst: grows, peaks at 60 %, dies away
 *     ·      ·       ·          ·  · · ···|·· ·
 *     └──── 3 days ────┘        └─────── lasts ──────┘
 *                               at
 *
 * A burst of seconds or minutes is what a demo can wait for; one of days keeps to the hours of its kind.
 *
 * @param start nothing is earlier
 */
export function courseOf(timing: Timing, hours: Hours, random: Random, start: number): Course {
  const { burst, lasts } = timing
  const before = Math.min(timing.before, timing.size)
  const quiet = Array.from({ length: before }, () => quietly(random, hours, start, burst))
  const times = [...quiet, ...burstOf({ ...timing, size: timing.size - before }, hours, random, start)]
  times.sort((a, b) => a - b)
  const peak = Math.floor(burst + PEAK * lasts * 1_000)
  return { times, peak: Math.min(Math.max(peak, times[0] ?? peak), times.at(-1) ?? peak) }
}

/** The burst alone. */
export function burstOf({ burst, lasts, size }: Timing, hours: Hours, random: Random, start: number): number[] {
  const span = lasts * 1_000
  const times = Array.from({ length: size }, (_, number) => {
    const time = burst + span * quantile((number + 0.25 + 0.5 * random.next()) / size)
    return span < DAY_MS ? Math.floor(time) : Math.max(start, intoHours(random, hours, time))
  })
  return times.sort((a, b) => a - b)
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

/** Another instant of the same business day; of the workday before if the kind knows no others. */
export function intoHours(random: Random, { from, to, workdaysOnly }: Hours, time: number): number {
  const day = businessDay(time)
  return withinHours(random, workdaysOnly ? workdayUpTo(day) : day, from, to)
}
