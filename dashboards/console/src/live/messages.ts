import type { Alert } from '../../../../src/model/alert.ts'
import { LEVELS, type Level } from '../../../../src/model/level.ts'

/** A place in the feed: every change after it is still to come. Offsets of different epochs cannot be compared. */
export interface Cursor {
  readonly epoch: string
  readonly offset: number
}

/** What the service says of itself every 2 s. */
export interface Pulse {
  readonly type: 'pulse'
  /** Everything that matches up to and including this offset has been sent. */
  readonly offset: number
  /** Events let in at the door per second. */
  readonly eventsPerSecond: number
  /** How far detection is behind the end of the log, in log messages; null when the service does not know. */
  readonly lag: number | null
  /** Open alerts within the reader's scope. */
  readonly open: Readonly<Record<Level, number>>
  readonly silentSources: readonly string[]
}

export type ServerMessage =
  | { readonly type: 'hello'; readonly epoch: string; readonly offset: number }
  | { readonly type: 'alert'; readonly offset: number; readonly alert: Alert }
  | { readonly type: 'gone'; readonly offset: number; readonly id: string }
  | { readonly type: 'reset'; readonly reason: string }
  | Pulse

type Loose = Readonly<Record<string, unknown>>

function isObject(value: unknown): value is Loose {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function count(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : 0
}

function pulseOf(frame: Loose): Pulse {
  const open = isObject(frame.open) ? frame.open : {}
  const byLevel = Object.fromEntries(LEVELS.map((level) => [level, count(open[level])]))
  return {
    type: 'pulse',
    offset: count(frame.offset),
    eventsPerSecond: count(frame.eventsPerSecond),
    lag: typeof frame.lag === 'number' ? frame.lag : null,
    open: byLevel as Record<Level, number>,
    silentSources: Array.isArray(frame.silentSources)
      ? frame.silentSources.filter((source): source is string => typeof source === 'string')
      : [],
  }
}

/**
 * Reads one frame of the feed. Null for a frame of an unknown type, so that a newer service may say more to an older
 * page, and for one that is not JSON or lacks what its type needs.
 */
export function parseServerMessage(text: string): ServerMessage | null {
  let frame: unknown
  try {
    frame = JSON.parse(text)
  } catch {
    return null
  }
  if (!isObject(frame)) return null
  const offset = count(frame.offset)
  switch (frame.type) {
    case 'hello':
      return typeof frame.epoch === 'string' ? { type: 'hello', epoch: frame.epoch, offset } : null
    case 'alert':
      // The shape of an alert is the service's own type, shared at compile time; only its identity is checked here.
      return isObject(frame.alert) && typeof frame.alert.id === 'string'
        ? { type: 'alert', offset, alert: frame.alert as unknown as Alert }
        : null
    case 'gone':
      return typeof frame.id === 'string' ? { type: 'gone', offset, id: frame.id } : null
    case 'reset':
      return { type: 'reset', reason: typeof frame.reason === 'string' ? frame.reason : '' }
    case 'pulse':
      return pulseOf(frame)
    default:
      return null
  }
}
