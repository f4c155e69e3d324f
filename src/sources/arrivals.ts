import type { CanonicalEvent } from '../model/event.ts'
import { HOUR_MS } from '../model/time.ts'
import { SOURCE_LIMITS } from './limits.ts'
import { dayOf, type Tally } from './tally.ts'

const MINUTE_MS = 60_000

/** What is counted of an event; of subject and industry only whether there is one. */
export type Counted = Pick<CanonicalEvent, 'source' | 'subject' | 'time' | 'region' | 'industry' | 'backfill' | 'test'>

/**
 * Counts one event of a source. Tests are no statistics, and history says nothing of how lively a source is today: both
 * are kept apart. What came before is no sign of life: a source that sends the same again and again is stuck.
 */
export function countEvent(tally: Tally, event: Counted, isStored: boolean, now: number): void {
  if (event.test) {
    tally.lastTestAt = now
    return
  }
  const day = dayOf(tally, now)
  if (!isStored) {
    day.duplicates++
    return
  }
  tally.lastReceivedAt = now
  tally.missed = 0
  tally.quietMs = 0
  if (tally.lastEventTime === null || event.time > tally.lastEventTime) tally.lastEventTime = event.time
  if (event.backfill) {
    day.backfill++
    return
  }
  day.count++
  if (event.subject === '') day.noSubject++
  if (event.industry === '') day.noIndustry++
  const ofCounty = day.counties[event.region]
  if (ofCounty !== undefined) day.counties[event.region] = ofCounty + 1
  else if (Object.keys(day.counties).length < SOURCE_LIMITS.counties) day.counties[event.region] = 1
  countHour(tally, now)
}

function countHour({ hour }: Tally, now: number): void {
  // The hour is turned over by whoever judges silence, a few seconds late: what comes meanwhile counts for the old one.
  hour.count++
  const minute = Math.floor(now / MINUTE_MS)
  if (minute === hour.lastMinute) return
  hour.lastMinute = minute
  hour.signs = Math.min(HOUR_MS / MINUTE_MS, hour.signs + 1)
}
