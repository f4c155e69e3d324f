import { createHash } from 'node:crypto'
import type { EventRef } from '../model/event.ts'
import type { Level } from '../model/level.ts'
import { BINS_A_DAY, type BinUnit } from './windows/bins.ts'

/**
 * The next fulfilling event more than this many business days of event time after the last fulfilling one opens a new
 * episode. Counted in business days, so that the order in which the events of a day arrive does not matter.
 */
export const EPISODE_GAP_DAYS = 30

/** One alert in the making: from the event that opened it as long as judged events fulfil the trigger (DESIGN 15). */
export interface Episode {
  readonly alertId: string
  readonly anchor: EventRef
  /** County of the opening event. */
  readonly region: string
  /** All counties touched by contributing events, in order of appearance. */
  regions: string[]
  /** Industry as last known. */
  industry: string
  readonly test: boolean
  readonly historic: boolean
  /** Level last told; null after an `end`. */
  level: Level | null
  /** Level last told that was one; what an `end` speaks of. */
  lastLevel: Level
  /** Observed number last told. */
  observed: number
  /** Business day of the newest fulfilling window last told. */
  day: number
  /** Bins that end a fulfilling window and may still be changed by a late event, ascending. */
  ends: number[]
  /** The newest end that no late event can change any more, or null: as soon as there is one nothing is withdrawn. */
  settledEnd: number | null
  /** Earliest and latest event time over the fulfilling windows, epoch milliseconds. */
  firstEventTime: number
  lastEventTime: number
}

/** Id of an episode's alert: 128 bits over detector, key and anchor, as 32 hex digits. */
export function alertIdOf(detector: string, key: string, anchor: EventRef): string {
  const text = JSON.stringify([detector, key, anchor.source, anchor.id])
  return createHash('sha256').update(text).digest('hex').slice(0, 32)
}

/** The newest bin that ends a fulfilling window of the episode; -Infinity when late events took all of them away. */
export function newestEnd(episode: Episode): number {
  return episode.ends.at(-1) ?? episode.settledEnd ?? Number.NEGATIVE_INFINITY
}

/** A window fulfilled at `end` no longer belongs to the episode. */
export function isOver(episode: Episode, unit: BinUnit, end: number): boolean {
  return end - newestEnd(episode) > EPISODE_GAP_DAYS * BINS_A_DAY[unit]
}

/** Notes which of the judged ends fulfil the trigger now. */
export function noteEnds(episode: Episode, judged: readonly { end: number; fulfilled: boolean }[]): void {
  const ends = new Set(episode.ends)
  for (const { end, fulfilled } of judged) {
    if (fulfilled) ends.add(end)
    else ends.delete(end)
  }
  episode.ends = [...ends].sort((a, b) => a - b)
}

/** Ends before `floor` can no longer change: the newest of them is kept as the settled one. */
export function settle(episode: Episode, floor: number): void {
  const firstOpen = episode.ends.findIndex((end) => end >= floor)
  const settled = firstOpen < 0 ? episode.ends : episode.ends.slice(0, firstOpen)
  const last = settled.at(-1)
  if (last === undefined) return
  episode.settledEnd = Math.max(last, episode.settledEnd ?? last)
  episode.ends = episode.ends.slice(settled.length)
}
