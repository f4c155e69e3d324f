import { DAY_MS } from '../../model/time.ts'
import { ordinaryComplaint } from '../complaint.ts'
import type { Past } from '../past.ts'
import type { Population, Subject } from '../population.ts'
import { type Random, type Streams, streams, weighted } from '../random.ts'
import { arrivals, RHYTHMS } from '../rhythm.ts'

/**
 * The few enterprises that draw complaints every week because they serve many: department stores, carriers, platforms.
 * Their steady stream must never look like a surge.
 */
export interface BusyRespondents {
  readonly indexes: ReadonlySet<number>
  /** Complaints a week, all of them together. */
  readonly perWeek: number
  draw(random: Random): Subject | null
}

/** One enterprise in this many is a busy one. */
const ONE_IN = 2_000
const LEAST_PER_WEEK = 8
const MOST_PER_WEEK = 15
/** Most of all complaints that may be theirs. */
const MOST_SHARE = 0.3
/** Longer than the 84 + 7 days that a surge is measured against. */
const HISTORY_DAYS = 92

/**
 * @param complaintsPerDay of the whole province: too few of them leave no room for busy respondents
 * @param free whether an enterprise is not yet wanted for something else
 */
export function chooseBusyRespondents(
  population: Population,
  size: number,
  seed: string,
  complaintsPerDay: number,
  free: (index: number) => boolean,
): BusyRespondents {
  const random = streams(seed, 'busy respondents').at(0)
  const most = Math.floor((complaintsPerDay * 7 * MOST_SHARE) / MOST_PER_WEEK)
  const wanted = Math.min(Math.floor(size / ONE_IN), most)
  const chosen = new Map<number, number>()
  for (let tries = 0; chosen.size < wanted && tries < wanted * 20; tries++) {
    const index = random.between(0, size - 1)
    if (free(index) && !chosen.has(index)) chosen.set(index, random.between(LEAST_PER_WEEK, MOST_PER_WEEK))
  }
  const perWeek = [...chosen.values()].reduce((sum, number) => sum + number, 0)
  const drawIndex = weighted([...chosen])
  return {
    indexes: new Set(chosen.keys()),
    perWeek,
    draw: (drawn) => (chosen.size === 0 ? null : population.subject(drawIndex(drawn))),
  }
}

/** Complaints of the quarter before `start`, so that there is a past to compare with from the first day. */
export function* pastComplaints(
  busy: BusyRespondents,
  seed: string,
  consumers: Streams,
  start: number,
): Generator<Past> {
  const random = streams(seed, 'past complaints').at(0)
  for (const time of arrivals(random, RHYTHMS.evening, busy.perWeek / 7, start - HISTORY_DAYS * DAY_MS)) {
    if (time >= start) return
    const respondent = busy.draw(random)
    if (respondent === null) return
    const consumer = consumers.at(random.between(100, 2 ** 31 - 1))
    yield { source: 'consumer', time, make: (id) => ordinaryComplaint(respondent, consumer, random, id) }
  }
}
